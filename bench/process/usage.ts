import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pidusage from "pidusage";
import { sum } from "../statistics.ts";

/** What a process and the processes that it started have used. */
export interface Usage {
  readonly cpuSeconds: number;
  /** The sum of the highest resident memory seen of each process. */
  readonly peakMiB: number;
  readonly residentMiB: number;
}

const MIB = 2 ** 20;

/**
 * Samples processes from outside, so that the measured program runs unchanged. What a process uses
 * between the last sample and its end is missed, and so is a peak of memory between two samples.
 */
export class UsageWatch {
  readonly #pids: () => Promise<number[]>;
  readonly #everyMs: number;
  readonly #seen = new Map<number, Usage>();
  readonly #sampling: Promise<void>;
  #isStopped = false;

  /** Watches one process, or the processes that a function lists for each sample. */
  constructor(pid: number, pids = async () => [pid], everyMs = 20) {
    this.#pids = pids;
    this.#everyMs = everyMs;
    this.#sampling = this.#sampleUntilStopped();
  }

  /** What the samples so far have seen; `undefined` when there is none. */
  get usage(): Usage | undefined {
    if (this.#seen.size === 0) return undefined;
    const total = (quantity: keyof Usage) => sum([...this.#seen.values()].map((usage) => usage[quantity]));
    return {
      cpuSeconds: total("cpuSeconds"),
      peakMiB: total("peakMiB"),
      residentMiB: total("residentMiB"),
    };
  }

  /** Takes the last sample, unless the process has ended. */
  async stop(): Promise<Usage | undefined> {
    this.#isStopped = true;
    await this.#sampling;
    return this.usage;
  }

  async #sampleUntilStopped(): Promise<void> {
    while (!this.#isStopped) {
      await this.#sample();
      await sleep(this.#everyMs);
    }
    await this.#sample();
  }

  async #sample(): Promise<void> {
    // Rejects when all of the processes have ended; the earlier samples then count.
    const found = await this.#pids()
      .then((pids) => pidusage(pids))
      .catch(() => ({}));
    for (const stat of Object.values(found)) if (stat) this.#note(stat);
  }

  #note({ pid, ctime, memory }: pidusage.Status): void {
    const residentMiB = memory / MIB;
    const peakMiB = Math.max(residentMiB, this.#seen.get(pid)?.peakMiB ?? 0);
    this.#seen.set(pid, { cpuSeconds: ctime / 1000, peakMiB, residentMiB });
  }
}

/**
 * The memory that would be freed if the process ended: shared memory counts in proportion to the
 * number of processes that share it. `undefined` where the system does not report it, that is, off Linux.
 */
export function proportionalMiB(pid: number): number | undefined {
  const rollup = `/proc/${pid}/smaps_rollup`;
  if (!existsSync(rollup)) return undefined;
  return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(rollup, "utf8"))?.[1]) / 1024;
}
