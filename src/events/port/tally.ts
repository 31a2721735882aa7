import type { Clock, Log } from "../../shared/ports.ts";

/** What becomes of a request to the port. */
export type CountName =
  | "accepted"
  | "odd"
  | "health"
  | "malformed"
  | "unknownPath"
  | "wrongMethod"
  | "wrongToken"
  | "tokenUnknown"
  | "tooLarge"
  | "slow"
  | "late"
  | "failed"
  | "busy"
  | "closing";

export type Counts = Readonly<Partial<Record<CountName, number>>>;

/** A flood must not fill the log. */
const REPORT_EVERY_MS = 10 * 60_000;

const SERVED: ReadonlySet<CountName> = new Set(["accepted", "health"]);

/** What comes of anybody who scans the network, or of the end of a capture, and needs no action. */
const NOISE: ReadonlySet<CountName> = new Set(["unknownPath", "malformed", "slow", "wrongMethod", "closing"]);

/** Counts what becomes of requests, and reports those that were not served in a line at most every ten minutes. */
export class Tally {
  readonly #ports: { readonly clock: Pick<Clock, "alarm">; readonly log: Log };
  readonly #counts: Partial<Record<CountName, number>> = {};
  #unreported: Partial<Record<CountName, number>> = {};
  #cancelReport: (() => void) | undefined;

  constructor(ports: { readonly clock: Pick<Clock, "alarm">; readonly log: Log }) {
    this.#ports = ports;
  }

  get counts(): Counts {
    return { ...this.#counts };
  }

  count(name: CountName): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
    if (SERVED.has(name)) return;
    this.#unreported[name] = (this.#unreported[name] ?? 0) + 1;
    this.#cancelReport ??= this.#ports.clock.alarm(REPORT_EVERY_MS, () => this.report());
  }

  /** Reports what has not been reported yet. */
  report(): void {
    this.#cancelReport?.();
    this.#cancelReport = undefined;
    const names = Object.keys(this.#unreported) as CountName[];
    if (names.length === 0) return;
    const level = names.every((name) => NOISE.has(name)) ? "info" : "warn";
    this.#ports.log[level]("requests to the port for events were not served", this.#unreported);
    this.#unreported = {};
  }
}
