import { readdirSync, readFileSync } from "node:fs";
import { sum } from "../statistics.ts";

/** What a process has used, with all processes that it started. */
export interface Usage {
  readonly cpuSeconds: number;
  /** The sum of the peaks of its processes. */
  readonly peakMiB: number;
  readonly residentMiB: number;
}

/** Linux counts CPU time in this unit on every architecture. */
const TICKS_PER_SECOND = 100;

const SAMPLE_EVERY_MS = 20;

/** Whether processes can be watched from outside: on Linux, by its files in `/proc`. */
export const CAN_WATCH = process.platform === "linux";

/**
 * Watches a process from outside, so that what is measured runs as it always does. What a process
 * uses in its last 20 ms goes unseen.
 */
export class UsageWatch {
  readonly #pid: number;
  readonly #seen = new Map<number, Usage>();
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(pid: number) {
    this.#pid = pid;
    if (CAN_WATCH) this.#timer = setInterval(() => this.#sample(), SAMPLE_EVERY_MS);
  }

  /** What has been used until now; `undefined` where processes cannot be watched. */
  usage(): Usage | undefined {
    if (CAN_WATCH) this.#sample();
    if (this.#seen.size === 0) return undefined;
    const all = [...this.#seen.values()];
    return {
      cpuSeconds: sum(all.map(({ cpuSeconds }) => cpuSeconds)),
      peakMiB: sum(all.map(({ peakMiB }) => peakMiB)),
      residentMiB: sum(all.map(({ residentMiB }) => residentMiB)),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    for (const pid of withDescendants(this.#pid)) {
      const usage = usageOf(pid);
      if (usage) this.#seen.set(pid, usage);
    }
  }
}

function usageOf(pid: number): Usage | undefined {
  try {
    const [stat, status] = ["stat", "status"].map((name) => readFileSync(`/proc/${pid}/${name}`, "utf8"));
    return parseUsage(stat ?? "", status ?? "");
  } catch {
    // It has ended.
    return undefined;
  }
}

/** `undefined` for a process that has ended and whose memory is gone. */
export function parseUsage(stat: string, status: string): Usage | undefined {
  // The name of the program, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const mebibytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  const [peakMiB, residentMiB] = [mebibytes("VmHWM"), mebibytes("VmRSS")];
  if (Number.isNaN(peakMiB)) return undefined;
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, peakMiB, residentMiB };
}

function withDescendants(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(withDescendants)];
  } catch {
    return [];
  }
}

/** The memory that would come free if the process ended: what it shares counts by its share. `undefined` off Linux. */
export function proportionalMiB(pid: number): number | undefined {
  if (!CAN_WATCH) return undefined;
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) / 1024;
}
