import { expect, test } from "vitest";
import { type CpuProfile, summary } from "./profile-summary.ts";

const frames = [
  { functionName: "(root)", url: "" },
  { functionName: "(idle)", url: "" },
  { functionName: "digest", url: "file:///somewhere/src/streams/digest.ts" },
  { functionName: "settled", url: "file:///somewhere/src/streams/digest.ts" },
  { functionName: "Check", url: "file:///somewhere/node_modules/typebox/src/check.mjs" },
  { functionName: "(garbage collector)", url: "" },
  { functionName: "fetch", url: "node:internal/deps/undici/undici" },
];

const profile: CpuProfile = {
  nodes: frames.map((callFrame, id) => ({ id, callFrame })),
  samples: [0, 1, 2, 3, 4, 5, 6, 2],
  timeDeltas: [500, 9_000, 20, 20, 20, 10, 10, 20],
};

test("own time is told by module, of the time in which there was work", () => {
  expect(summary(profile).modules).toEqual([
    { name: "src/streams/digest.ts", share: 0.6 },
    { name: "typebox", share: 0.2 },
    { name: "Node: garbage collection", share: 0.1 },
    { name: "Node: fetch", share: 0.1 },
  ]);
});

test("and by function", () => {
  expect(summary(profile).functions.slice(0, 2)).toEqual([
    { name: "digest in src/streams/digest.ts", share: 0.4 },
    { name: "settled in src/streams/digest.ts", share: 0.2 },
  ]);
});
