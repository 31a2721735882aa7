import { type Emulator, startEmulator } from "../../emulator/index.ts";
import type { Document } from "../../src/engine/index.ts";
import type { Store } from "../../src/local/index.ts";
import { streams } from "../../src/streams/index.ts";

/** What a local capture commits at once at most. */
const CALLS_PER_COMMIT = 1_000;

/** A second of a following capture in which something changed. */
const SMALL_COMMITS = 200;
const CALLS_PER_SMALL_COMMIT = 2;

/** How fast a store takes calls. */
export interface Rates {
  readonly store: string;
  /** Calls a second, of which none was there. */
  readonly newPerSecond: number;
  /** Calls a second, of which each takes the place of a row. */
  readonly changedPerSecond: number;
  readonly smallCommitMs: number;
}

export const CALLS_TABLE = {
  name: streams.calls.name,
  keyField: streams.calls.keyField,
  documentSchema: streams.calls.documentSchema,
};

/** Calls as Aircall lists them. */
export async function someCalls(calls: number): Promise<Document[]> {
  const emulator: Emulator = await startEmulator({ limit: null, account: { calls } });
  const rows = [...emulator.truth("calls")] as Record<string, unknown>[];
  await emulator.close();
  return rows.map((row) => ({ ...row, _meta: { op: "u" } }) as Document);
}

export async function ratesOf(name: string, store: Store, calls: readonly Document[]): Promise<Rates> {
  const seconds = async (commits: readonly (readonly Document[])[]) => {
    const startedMs = performance.now();
    for (const [at, documents] of commits.entries())
      await store.commit([{ table: "calls", documents, patch: { at } }]);
    return (performance.now() - startedMs) / 1_000;
  };
  const large = parts(calls, CALLS_PER_COMMIT);
  const newPerSecond = calls.length / (await seconds(large));
  const changedPerSecond = calls.length / (await seconds(large));
  const small = parts(calls, CALLS_PER_SMALL_COMMIT).slice(0, SMALL_COMMITS);
  return {
    store: name,
    newPerSecond,
    changedPerSecond,
    smallCommitMs: (1_000 * (await seconds(small))) / small.length,
  };
}

function parts(calls: readonly Document[], size: number): Document[][] {
  return Array.from({ length: Math.ceil(calls.length / size) }, (_, index) =>
    calls.slice(index * size, (index + 1) * size),
  );
}
