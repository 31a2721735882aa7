import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { UsageWatch } from "./usage.ts";

/** Works for 300 ms of CPU time with a block of 200 MiB, reports its own figures, and ends when it is asked to. */
const PROGRAM = `
  let block = Buffer.alloc(200 * 2 ** 20, 1);
  while (process.cpuUsage().user < 300_000) block.fill(2);
  process.stdin.once("data", () => process.exit());
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMiB: maxRSS / 1024 }));
`;

test("CPU time and the peak of memory are those that the process itself reports", async () => {
  const child = spawn(process.execPath, ["-e", PROGRAM]);
  const watch = new UsageWatch(child.pid ?? 0);
  const [line] = await once(child.stdout, "data");
  const seen = await watch.stop();
  const own = JSON.parse(String(line)) as { cpuSeconds: number; peakMiB: number };
  child.stdin.write("end");
  await once(child, "exit");
  expect(Math.abs((seen?.cpuSeconds ?? 0) - own.cpuSeconds)).toBeLessThan(0.1);
  expect((seen?.peakMiB ?? 0) / own.peakMiB).toBeCloseTo(1, 1);
});

test("a process that has ended keeps the usage that was seen of it", async () => {
  const child = spawn(process.execPath, ["-e", PROGRAM]);
  const watch = new UsageWatch(child.pid ?? 0);
  await once(child.stdout, "data");
  child.stdin.write("end");
  await once(child, "exit");
  expect((await watch.stop())?.cpuSeconds).toBeGreaterThan(0.2);
});

test("a process that does not exist has no usage", async () => {
  expect(await new UsageWatch(2 ** 30).stop()).toBeUndefined();
});
