import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { isDeep } from "../support/draws.ts";

const MIB = 2 ** 20;

/** Makes garbage for a second and a half, of which always some is still in use, as a capture of many pages does. */
const WORK = `
  const { getHeapSpaceStatistics } = await import("node:v8");
  let largest = 0;
  const kept = [];
  for (const endMs = Date.now() + 1_500; Date.now() < endMs; ) {
    kept.push(Array.from({ length: 20_000 }, (_, index) => ({ text: "call " + index })));
    if (kept.length > 10) kept.shift();
    const { space_size } = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    largest = Math.max(largest, space_size);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  console.log(largest);
`;

function largestMiB(before: string): number {
  const args = ["--input-type=module", "--max-semi-space-size=64", "--eval", before + WORK];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  return Number(stdout) / MIB;
}

test.runIf(isDeep)("the young generation grows to 32 MiB, also where Node would let it grow further", () => {
  const bound = `(await import("${new URL("../../src/shared/heap-growth.ts", import.meta.url)}")).boundHeapGrowth();`;
  expect(largestMiB(bound)).toBeLessThanOrEqual(40);
  expect(largestMiB("")).toBeGreaterThan(60);
});
