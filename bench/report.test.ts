import { expect, test } from "vitest";
import { benchmarkChart, svgOf } from "./chart.ts";
import type { Capture } from "./measure/captures.ts";
import { readmePart, report } from "./report.ts";
import { figures, type Results } from "./results.ts";
import { verdicts } from "./targets.ts";

const capture = (changes: Partial<Capture>): Capture => ({
  documents: 100_000,
  seconds: 5,
  cpuSeconds: 4,
  peakMiB: 100,
  requests: 2_000,
  emulatorCpuSeconds: 2,
  memory: [{ documents: 50_000, residentMiB: 90 }],
  ...changes,
});

const account = (calls: number, flow: Partial<Capture>, duckdb: Partial<Capture> = {}) => ({
  calls,
  flow: [capture(flow)],
  duckdb: [capture(duckdb)],
});

/** A run in which every target is met but for that of DuckDB. */
const RESULTS: Results = {
  machine: { cpu: "Example CPU", cores: 2, node: "v24.0.0", platform: "linux x64" },
  loadBefore: 0.1,
  starts: {
    bareSeconds: [0.04, 0.05, 0.06],
    specSeconds: [0.06, 0.075, 0.09],
    discoverSeconds: [0.08, 0.1, 0.12],
    demoSeconds: [0.9],
  },
  captures: [
    account(10_000, { peakMiB: 100 }),
    account(100_000, { cpuSeconds: 4 }, { cpuSeconds: 20 }),
    account(1_000_000, { peakMiB: 125 }),
  ],
  sideBySide: [1, 11].map((captures) => ({
    captures,
    callsEach: 1_000,
    seconds: 3,
    cpuSeconds: 2,
    memoryMiB: 20 + 40 * captures,
    peakMiB: 100,
    documents: 1_000 * captures,
  })),
};

test("a target that is not met is reported as such, and one that is met as well", () => {
  const missed = verdicts(RESULTS).filter(({ isMet }) => !isMet);
  expect(missed.map(({ target }) => target)).toEqual(["10,000 documents for a second of CPU, to DuckDB"]);
  expect(report(RESULTS, "npm run bench")).toContain("| 5,000 (100,000 calls) | **not met** |");
});

test("what could not be measured is neither met nor missed", () => {
  const blind = account(10_000, { cpuSeconds: null, peakMiB: null });
  const unknown = verdicts({ ...RESULTS, captures: [blind, blind] }).filter(
    ({ isMet }) => isMet === undefined,
  );
  expect(unknown).toHaveLength(3);
});

test("the report names the machine, Node and the command, and says when the machine was busy", () => {
  const text = report(RESULTS, "npm run bench");
  for (const part of ["2 × Example CPU", "Node 24.0.0", "`npm run bench`"]) expect(text).toContain(part);
  expect(text).not.toContain("busy with other work");
  expect(report({ ...RESULTS, loadBefore: 3 }, "npm run bench")).toContain("busy with other work");
});

test("each capture beyond the first adds what the others have more than the first, by their number", () => {
  expect(readmePart(RESULTS)).toContain("| memory that each of 11 captures side by side adds | 40 MiB |");
});

test("start-up is compared run by run, by what it is beside a bare Node", () => {
  const spec = figures(RESULTS).find(({ name }) => name.startsWith("spec"));
  expect(spec?.values.map((value) => value.toFixed(2))).toEqual(["1.50", "1.50", "1.50"]);
});

test("every figure has a name of its own", () => {
  const names = figures(RESULTS).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("the chart shows every rate, and numbers only", async () => {
  const svg = await svgOf(benchmarkChart(RESULTS));
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(svg).toContain(">20,000</text>");
});
