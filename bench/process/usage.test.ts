import { expect, test } from "vitest";
import { CAN_WATCH, parseUsage, UsageWatch } from "./usage.ts";

const STAT = "4711 (a (b) name) S 1 4711 4711 0 -1 4194560 900 0 0 0 150 25 0 0 20 0 11 0 100 1 2 3";
const STATUS = "Name:\tnode\nVmPeak:\t  999999 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n";

test("CPU time and memory are read from what Linux tells of a process, whatever its name", () => {
  expect(parseUsage(STAT, STATUS)).toEqual({ cpuSeconds: 1.75, peakMiB: 200, residentMiB: 100 });
});

test("a process that has ended and left its memory has no usage", () => {
  expect(parseUsage(STAT, "Name:\tnode\nState:\tZ (zombie)\n")).toBeUndefined();
});

test.runIf(CAN_WATCH)("this very process uses something", () => {
  const watch = new UsageWatch(process.pid);
  const usage = watch.usage();
  watch.stop();
  expect(usage?.cpuSeconds).toBeGreaterThan(0);
  expect(usage?.peakMiB).toBeGreaterThanOrEqual(usage?.residentMiB ?? Number.NaN);
});
