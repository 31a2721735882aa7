import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { count, mebibytes, rounded } from "../format.ts";
import { table } from "../markdown.ts";
import { UsageWatch } from "../process/usage.ts";
import { median } from "../statistics.ts";
import { print } from "../support.ts";
import { answerTo, PATH, TOKEN } from "./sending.ts";

/**
 * How soon the port for events answers a real event beside a flood, and what memory its process takes. The port and the
 * flood are processes of this machine, and all of it takes some seconds.
 *
 *     npm run bench:flood
 */

const FORGED_REQUESTS = 2_000;
const SLOW_REQUESTS = 200;
const REAL_EVENTS = 50;
const EVENTS_EVERY_MS = 50;

interface Flood {
  readonly name: string;
  readonly forgedRequests: number;
  readonly slowRequests: number;
  /** The size of the bodies that are sent slowly. */
  readonly bodyBytes: number;
}

const forged = { name: `${count(FORGED_REQUESTS)} forged requests`, forgedRequests: FORGED_REQUESTS };
const slow = { slowRequests: SLOW_REQUESTS, bodyBytes: 100 };

const FLOODS: readonly Flood[] = [
  { name: "nothing", forgedRequests: 0, slowRequests: 0, bodyBytes: 0 },
  { ...forged, slowRequests: 0, bodyBytes: 0 },
  { name: `${SLOW_REQUESTS} slow requests`, forgedRequests: 0, ...slow },
  { ...forged, name: `${forged.name} and ${SLOW_REQUESTS} slow ones`, ...slow },
  { ...forged, name: "the same, the slow ones of 1 MiB each", ...slow, bodyBytes: 2 ** 20 },
];

const rows: string[][] = [];
for (const flood of FLOODS) rows.push([flood.name, ...(await measured(flood))]);
print(table(["beside", "stored", "median answer", "longest answer", "peak memory"], rows));

/** Each flood meets a new process. */
async function measured({ forgedRequests, slowRequests, bodyBytes }: Flood): Promise<string[]> {
  const receiver = start("port-process.ts", []);
  const [port] = (await once(receiver, "message")) as [number];
  const watch = new UsageWatch(receiver.pid ?? 0);
  const flood = start("flood-process.ts", [port, forgedRequests, slowRequests, bodyBytes]);
  await once(flood, "message");
  const answersMs: number[] = [];
  let stored = 0;
  for (let event = 0; event < REAL_EVENTS; event++) {
    const sentMs = performance.now();
    const status = await answerTo(port, PATH, TOKEN).catch(() => undefined);
    answersMs.push(performance.now() - sentMs);
    if (status === 200) stored += 1;
    await sleep(EVENTS_EVERY_MS);
  }
  const usage = await watch.stop();
  for (const child of [flood, receiver]) await ended(child);
  const milliseconds = (value: number) => `${rounded(value)} ms`;
  return [
    `${stored} of ${REAL_EVENTS}`,
    milliseconds(median(answersMs)),
    milliseconds(Math.max(...answersMs)),
    mebibytes(usage?.peakMiB),
  ];
}

function start(file: string, numbers: readonly number[]): ChildProcess {
  return fork(new URL(file, import.meta.url), numbers.map(String));
}

async function ended(child: ChildProcess): Promise<void> {
  child.disconnect();
  await once(child, "exit");
}
