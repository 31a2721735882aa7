import type { JsonObject } from "../shared/json.ts";
import { Arrivals } from "./arrivals.ts";
import type { Step, Stream } from "./stream.ts";

/** Only a touch ends the rest; the engine needs an instant all the same. */
const FAR_MS = 8.64e15;

/** A part of the connector's state that changes from outside, and belongs to no stream that captures documents. */
export class KeptState implements Stream {
  readonly name: string;
  readonly key = [];
  readonly #patches = new Arrivals<JsonObject>();

  constructor(name: string) {
    this.name = name;
  }

  /** Applies a merge patch (RFC 7396). Resolves once it is durable. */
  keep(patch: JsonObject): Promise<void> {
    return this.#patches.add(patch);
  }

  async *run(): AsyncGenerator<Step> {
    this.#patches.begin();
    while (true) {
      const { items, committed } = this.#patches.take();
      for (const [place, patch] of items.entries()) {
        const isLast = place === items.length - 1;
        yield { kind: "checkpoint", patch, ...(isLast && { committed }) };
      }
      yield { kind: "rest", untilMs: FAR_MS, touch: this.#patches.touch };
    }
  }
}
