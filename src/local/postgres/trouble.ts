import type { StoreWorld } from "../store/index.ts";
import { firstLine } from "./sql.ts";

/** How long faults that may pass are met with further attempts, and how long to wait before each. */
const LONGEST_MS = 5 * 60_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** Faults of a server, one after another, each of which may pass. */
export class Trouble {
  readonly #place: string;
  readonly #world: StoreWorld;
  #sinceMs: number | undefined;
  #attempts = 0;

  constructor(place: string, world: StoreWorld) {
    this.#place = place;
    this.#world = world;
  }

  /** Resolves when there may be another attempt. Rejects with the fault if it has lasted too long, and if the signal is aborted. */
  async wait(fault: unknown): Promise<void> {
    const { clock, random, signal, log } = this.#world;
    if (this.#sinceMs === undefined) {
      this.#sinceMs = clock.now();
      log.warn(
        `${this.#place} cannot be used at the moment (${firstLine(fault)}). It is tried again for ${LONGEST_MS / 60_000} minutes.`,
      );
    } else if (clock.now() - this.#sinceMs >= LONGEST_MS) throw fault;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts++);
    await clock.sleep(waitMs * (0.5 + random() / 2), signal);
  }

  /** Reports the end of the trouble if there was any. */
  end(): void {
    if (this.#sinceMs !== undefined) this.#world.log.warn(`${this.#place} can be used again.`);
  }
}
