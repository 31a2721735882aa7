import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withPart } from "../bench/markdown.ts";
import { entityDiagram } from "./support/entity-diagram.ts";
import { tablesText, viewsText } from "./support/tables-document.ts";

const DOCUMENT = new URL("../docs/tables.md", import.meta.url).pathname;
const DIAGRAM = new URL("../docs/tables.svg", import.meta.url).pathname;

const HINT = "it differs from the schemas and views: run `npx vitest run test/tables-document.test.ts -u`";

test("docs/tables.md has every table and view with its columns", async () => {
  const text = readFileSync(DOCUMENT, "utf8");
  const whole = withPart(withPart(text, "views", viewsText()), "tables", tablesText());
  await expect(whole, HINT).toMatchFileSnapshot(DOCUMENT);
});

test("docs/tables.svg shows how tables and views belong together", async () => {
  await expect(await entityDiagram(), HINT).toMatchFileSnapshot(DIAGRAM);
});
