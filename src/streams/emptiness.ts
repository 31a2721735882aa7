import type { JsonObject } from "../shared/json.ts";
import { HOUR_MS, hasPassed, nowSeconds, type Source } from "./source.ts";

/** Longer than most outages, and shorter than the time between two nightly runs. */
export const EMPTY_FOR_MS = HOUR_MS;

/** Since when a list that had rows has been empty, as state has it. */
export class Emptiness {
  #sinceSeconds: number | undefined;
  #isChanged = false;

  constructor(sinceSeconds: unknown) {
    this.#sinceSeconds = Number.isSafeInteger(sinceSeconds) ? (sinceSeconds as number) : undefined;
  }

  /** Whether the list has been empty for long enough, also by earlier processes. Begins now if it was not empty before. */
  hasLasted(source: Source): boolean {
    const now = nowSeconds(source);
    const isKnown = this.#sinceSeconds !== undefined && this.#sinceSeconds <= now;
    if (!isKnown) this.#change(now);
    return isKnown && hasPassed(EMPTY_FOR_MS, (this.#sinceSeconds ?? now) * 1000, source);
  }

  end(): void {
    if (this.#sinceSeconds !== undefined) this.#change(undefined);
  }

  get hasChanges(): boolean {
    return this.#isChanged;
  }

  /** The merge patch of what changed since the last call; `undefined` without any. */
  takeChanges(): JsonObject | undefined {
    if (!this.#isChanged) return undefined;
    this.#isChanged = false;
    return { emptySince: this.#sinceSeconds ?? null };
  }

  #change(sinceSeconds: number | undefined): void {
    this.#sinceSeconds = sinceSeconds;
    this.#isChanged = true;
  }
}
