import type { JsonObject } from "../../shared/json.ts";

/** The calls of a busy day, in a quarter of a megabyte of state. More are left to the next age. */
const MOST_CALLS = 10_000;

const AFTER_SECONDS = 3600;

/** A call is asked for a day, unless the process ends meanwhile. */
const MOST_TIMES = 24;

/**
 * Calls that are asked again by themselves an hour later: those that Aircall refused or did not answer for, and those whose
 * insight may be deleted.
 */
export class AskedAgain {
  readonly #atSeconds: Map<number, number>;
  /** How often each was added in this process. */
  readonly #times = new Map<number, number>();

  /** As the state has them: by ID, when each is asked; Unix seconds. */
  constructor(state: Readonly<Record<string, number>>) {
    this.#atSeconds = new Map(Object.entries(state).map(([id, atSeconds]) => [Number(id), atSeconds]));
  }

  has(callId: number): boolean {
    return this.#atSeconds.has(callId);
  }

  due(nowSeconds: number): number[] {
    return [...this.#atSeconds].filter(([, atSeconds]) => atSeconds <= nowSeconds).map(([id]) => id);
  }

  /** Returns the patch of the state; `undefined` where there is no room for the call, or where it has been asked for a day. */
  add(callId: number, nowSeconds: number): JsonObject | undefined {
    if (this.#atSeconds.size >= MOST_CALLS && !this.has(callId)) return undefined;
    const times = (this.#times.get(callId) ?? 0) + 1;
    if (times > MOST_TIMES) return undefined;
    this.#times.set(callId, times);
    const atSeconds = nowSeconds + AFTER_SECONDS;
    this.#atSeconds.set(callId, atSeconds);
    return { again: { [callId]: atSeconds } };
  }

  /** Returns the patch of the state. */
  delete(callId: number): JsonObject {
    this.#times.delete(callId);
    return this.#atSeconds.delete(callId) ? { again: { [callId]: null } } : {};
  }
}
