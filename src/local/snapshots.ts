import type { Clock } from "../shared/ports.ts";
import type { Snapshots } from "./store/index.ts";

export interface SnapshotSchedule {
  readonly snapshots: Snapshots;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called with a sentence for people when there is no new copy, and not again for the same reason. */
  readonly onTrouble: (sentence: string) => void;
}

/** A copy that could not be made is tried again after this time, or the interval of the copies if that is shorter. */
const RETRY_MS = 60_000;

/** Takes a copy at once, and then every so often until the signal is aborted. */
export async function keepSnapshots(schedule: SnapshotSchedule): Promise<void> {
  const { snapshots, everyMs, clock, signal, onTrouble } = schedule;
  let trouble: string | undefined;
  while (!signal.aborted) {
    const startedMs = clock.now();
    try {
      await snapshots.take(startedMs, signal);
      trouble = undefined;
    } catch (error) {
      if (signal.aborted) return;
      const sentence = error instanceof Error ? error.message : String(error);
      if (sentence !== trouble) onTrouble(`${sentence} The copy is tried again.`);
      trouble = sentence;
    }
    const waitMs = trouble === undefined ? everyMs : Math.min(everyMs, RETRY_MS);
    await clock.sleep(Math.max(0, startedMs + waitMs - clock.now()), signal).catch(() => undefined);
  }
}
