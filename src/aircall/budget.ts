import type { Clock } from "../shared/ports.ts";

/**
 * The requests that this process may send to the account, whatever stream sends them. A request is
 * paid before it is sent: no span of `windowMs` ever sees more than `requests` of them, which
 * holds for a server that counts by fixed minutes and for one that counts by sliding ones.
 */
export class RequestBudget {
  readonly #requests: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #sentMs: number[] = [];
  #blockedUntilMs = 0;
  #lastInLine: Promise<void> = Promise.resolve();

  constructor(options: { requests: number; windowMs: number; clock: Clock }) {
    this.#requests = options.requests;
    this.#windowMs = options.windowMs;
    this.#clock = options.clock;
  }

  /** Waits in line for the right to send one request; `onWait` hears until when, if it has to wait. */
  take(signal: AbortSignal, onWait: (untilMs: number) => void): Promise<void> {
    const turn = this.#lastInLine.then(() => this.#pay(signal, onWait));
    this.#lastInLine = turn.catch(() => {});
    return turn;
  }

  /** The server refuses everything until then. */
  blockUntil(untilMs: number): void {
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, untilMs);
  }

  async #pay(signal: AbortSignal, onWait: (untilMs: number) => void): Promise<void> {
    signal.throwIfAborted();
    for (let freeMs = this.#freeAtMs(); freeMs > this.#clock.now(); freeMs = this.#freeAtMs()) {
      onWait(freeMs);
      await this.#clock.sleep(freeMs - this.#clock.now(), signal);
    }
    this.#sentMs.push(this.#clock.now());
    if (this.#sentMs.length > this.#requests) this.#sentMs.shift();
  }

  #freeAtMs(): number {
    const oldestMs = this.#sentMs.length < this.#requests ? undefined : this.#sentMs[0];
    return Math.max(this.#blockedUntilMs, oldestMs === undefined ? 0 : oldestMs + this.#windowMs);
  }
}
