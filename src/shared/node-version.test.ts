import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { nodeProblem } from "./node-version.ts";

test("a Node that is too old is named with the version that is needed, the same as in package.json", () => {
  const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const oldest = Number(engines.node.replace(">=", ""));
  expect(nodeProblem(`${oldest}.0.0`)).toBeUndefined();
  expect(nodeProblem("24.21.0")).toBeUndefined();
  expect(nodeProblem(`${oldest - 1}.9.0`)).toContain(
    `needs Node ${oldest} or newer, and this is Node ${oldest - 1}.9.0`,
  );
});
