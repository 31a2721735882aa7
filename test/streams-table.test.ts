import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withPart } from "../bench/markdown.ts";
import { streamsTable } from "./support/streams-table.ts";

const README = new URL("../README.md", import.meta.url).pathname;

test("README.md has a table of the streams in the registry", async () => {
  const text = readFileSync(README, "utf8");
  const hint =
    "README.md differs from src/streams/registry.ts: run `npx vitest run test/streams-table.test.ts -u`";
  await expect(withPart(text, "streams", streamsTable()), hint).toMatchFileSnapshot(README);
});
