import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readJsonFile, readJsonObjectFile } from "../../src/shared/json-file.ts";
import { temporaryFolder } from "../support/files.ts";

test.each([
  ["with a byte order mark", '\uFEFF{"a": 1}'],
  ["without", '{"a": 1}'],
])("a file of JSON is read, %s", async (_, text) => {
  using folder = temporaryFolder();
  writeFileSync(folder.file("config.json"), text);
  expect(await readJsonObjectFile(folder.file("config.json"), "config")).toEqual({ a: 1 });
});

test("a file that is not JSON, or not an object of it, is named and not repeated", async () => {
  using folder = temporaryFolder();
  const path = folder.file("config.json");
  writeFileSync(path, "a secret");
  await expect(readJsonFile(path, "config")).rejects.toThrow(`The config file ${path} is not JSON.`);
  writeFileSync(path, '["a secret"]');
  await expect(readJsonObjectFile(path, "config")).rejects.toThrow(`${path} does not hold a JSON object.`);
});
