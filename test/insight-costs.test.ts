import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withPart } from "../bench/markdown.ts";
import { insightCostsTable } from "./support/insight-costs.ts";

const PAGE = new URL("../docs/insights.md", import.meta.url).pathname;

test("docs/insights.md has a table of what insights cost at the ages and the priority of the connector", async () => {
  const text = readFileSync(PAGE, "utf8");
  const hint =
    "docs/insights.md differs from what insights cost: run `npx vitest run test/insight-costs.test.ts -u`";
  await expect(withPart(text, "costs", insightCostsTable()), hint).toMatchFileSnapshot(PAGE);
});
