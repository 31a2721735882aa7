import { StoreError } from "../errors.ts";
import { keepSnapshots, type Store } from "../local/index.ts";
import type { Clock, Log } from "../shared/ports.ts";

/** Where a capture puts copies of its file, and how often while it follows. */
export interface SnapshotPlan {
  readonly path: string;
  readonly everyMs: number;
}

interface World {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Does the work, and takes copies of the store beside it while it follows, or one after it. Throws a `StoreError` before the work
 * if there can be no copies.
 */
export async function withSnapshots<T>(
  store: Store,
  { plan, follow }: { readonly plan: SnapshotPlan | undefined; readonly follow: boolean },
  { clock, signal, log }: World,
  work: () => Promise<T>,
): Promise<T> {
  if (plan === undefined) return work();
  const snapshots = await store.snapshotsAt?.(plan.path);
  if (snapshots === undefined)
    throw new StoreError(
      "Anybody can read this store while it is written, so that it needs no copy; leave --snapshot out.",
    );
  if (!follow) {
    const result = await work();
    if (!signal.aborted) await snapshots.take(clock.now(), signal);
    return result;
  }
  const ended = new AbortController();
  const keeping = keepSnapshots({
    ...{ snapshots, clock, everyMs: plan.everyMs },
    signal: AbortSignal.any([signal, ended.signal]),
    onTrouble: (sentence) => log.warn(sentence),
  });
  try {
    return await work();
  } finally {
    ended.abort();
    await keeping;
  }
}
