import { openStore } from "../../src/local/index.ts";
import type { Store, StoreOptions, StoreWorld } from "../../src/local/store/index.ts";
import { systemClock } from "../../src/shared/clock.ts";
import type { Log } from "../../src/shared/ports.ts";

const silent = () => {};
export const noLog: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** The world of a store, with what a test has to say about it. */
function storeWorld(changes: Partial<StoreWorld> = {}): StoreWorld {
  const signal = new AbortController().signal;
  return { env: {}, clock: systemClock, random: Math.random, signal, log: noLog, ...changes };
}

/** Opens the store at a target of a test: the path of a file, or an address with the schema after a `#`. */
export function openTarget(
  target: string,
  options: Pick<StoreOptions, "source" | "tables" | "views">,
  world: Partial<StoreWorld> = {},
): Promise<Store> {
  const [place = "", schema] = target.split("#");
  return openStore(place, { ...options, schema, world: storeWorld(world) });
}
