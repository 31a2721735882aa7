import type { Staleness } from "./watch.ts";

/** What one run through the day comes to. */
export interface RunResult {
  readonly callsOnDay: number;
  /** Requests of the measured day by what they were for. */
  readonly requests: Readonly<Record<string, number>>;
  /** How many requests of the whole run the API refused for being too many. */
  readonly refused: number;
  readonly staleness: readonly Staleness[];
  readonly complaints: readonly string[];
}
