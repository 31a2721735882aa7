import type { AircallReader } from "../aircall/index.ts";
import type { Step } from "../engine/index.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Clock, Log } from "../shared/ports.ts";
import type { DigestMemory } from "./memory.ts";
import type { UnusableRows } from "./unusable-rows.ts";

export type SyncMode = "incremental" | "full_refresh";

/** What a running stream reads from, and what its binding was told. */
export interface Source {
  readonly api: AircallReader;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** What has been captured of each object while this process lives. */
  readonly memory: DigestMemory;
  /** Where a row that cannot be used is reported. */
  readonly unusable: UnusableRows;
  readonly intervalMs: number;
  readonly syncMode: SyncMode;
  /** Calls that started before this instant are not asked for; Unix seconds. */
  readonly startSeconds: number;
  /** At which ages calls are read again, in seconds. */
  readonly rereadAfterSeconds: readonly number[];
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Clears away state that cannot be read, so that nothing of it is merged into what follows. */
export function* forget(state: JsonObject): Generator<Step> {
  const patch = Object.fromEntries(Object.keys(state).map((name) => [name, null]));
  if (Object.keys(patch).length > 0) yield { kind: "checkpoint", patch };
}

export function nowSeconds({ clock }: Source): number {
  return Math.floor(clock.now() / 1000);
}

/** `full_refresh` on a stream that follows changes reads everything again once a day. */
export function isRereadDue(backfilledAtSeconds: number | undefined, source: Source): boolean {
  if (source.syncMode !== "full_refresh" || backfilledAtSeconds === undefined) return false;
  return source.clock.now() >= backfilledAtSeconds * 1000 + DAY_MS;
}
