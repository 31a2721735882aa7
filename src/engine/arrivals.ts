import { Touch } from "./touch.ts";

interface Arrival<Item> {
  readonly item: Item;
  readonly captured: () => void;
}

/**
 * A queue of items that come from outside, such as events, for the stream that captures them. Items that one
 * run of the stream took and did not commit are waiting again for the next run.
 */
export class Arrivals<Item> {
  /** Ends the rest of the stream when an item comes. */
  readonly touch = new Touch();
  #waiting: Arrival<Item>[] = [];
  #taken = new Set<Arrival<Item>>();

  /** Resolves once the block that holds the item is durable. */
  add(item: Item): Promise<void> {
    return new Promise((captured) => {
      this.#waiting.push({ item, captured });
      this.touch.touch();
    });
  }

  /** To be called when a run of the stream begins. */
  begin(): void {
    this.#waiting = [...this.#taken, ...this.#waiting];
    this.#taken = new Set();
  }

  /** What has come since the last call, in order. `committed` is to be called when the block that holds it is durable. */
  take(): { readonly items: readonly Item[]; readonly committed: () => void } {
    const arrivals = this.#waiting;
    this.#waiting = [];
    for (const arrival of arrivals) this.#taken.add(arrival);
    const committed = () => {
      for (const arrival of arrivals) {
        this.#taken.delete(arrival);
        arrival.captured();
      }
    };
    return { items: arrivals.map(({ item }) => item), committed };
  }
}
