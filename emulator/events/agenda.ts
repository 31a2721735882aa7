import type { Change } from "../account/changes.ts";
import { SECONDS_PER_HOUR } from "../account/time.ts";
import type { Family, Happening } from "./happening.ts";
import { Heap } from "./heap.ts";

interface Entry {
  readonly happening: Happening;
  readonly version: number;
  /** What happens at the same instant keeps the order in which it was entered. */
  readonly sequence: number;
}

/** What is to happen to the account, in order. It is filled an hour ahead, so that a tick costs only what is due. */
export class Agenda {
  readonly #families: readonly Family[];
  readonly #entries = new Heap<Entry>(
    (left, right) =>
      left.happening.atMs < right.happening.atMs ||
      (left.happening.atMs === right.happening.atMs && left.sequence < right.sequence),
  );
  /** How often a test has changed an object. Entries of an earlier version no longer hold. */
  readonly #versions = new Map<string, number>();
  /** Null while the agenda is empty because nobody follows it. */
  #filledUntilSeconds: number | null = null;
  #sequence = 0;

  constructor(families: readonly Family[]) {
    this.#families = families;
  }

  clear(): void {
    this.#entries.clear();
    this.#versions.clear();
    this.#filledUntilSeconds = null;
  }

  /** What happens by itself in `(afterMs, untilMs]`. Spans MUST adjoin, or `clear` be called between them. */
  *between(afterMs: number, untilMs: number): Generator<Happening> {
    let filledUntilSeconds = this.#filledUntilSeconds ?? this.#begin(Math.floor(afterMs / 1_000));
    for (;;) {
      yield* this.#takeUntil(Math.min(untilMs, filledUntilSeconds * 1_000), afterMs);
      if (filledUntilSeconds * 1_000 >= untilMs) return;
      filledUntilSeconds = this.#fillHourAfter(filledUntilSeconds);
    }
  }

  /** Enters what a change leads to, and returns what it announces. */
  change(change: Change, nowMs: number): Happening[] {
    const untilSeconds = this.#filledUntilSeconds ?? this.#begin(Math.floor(nowMs / 1_000));
    const id = "item" in change ? change.item.id : change.id;
    const announced: Happening[] = [];
    for (const family of this.#families) {
      const consequences = family.consequencesOf(change, { nowMs, untilSeconds });
      if (consequences === null) continue;
      const key = keyOf(family.resource, id);
      this.#versions.set(key, (this.#versions.get(key) ?? 0) + 1);
      this.#enter(consequences.coming, nowMs);
      announced.push(...consequences.announced);
    }
    return announced;
  }

  #begin(atSeconds: number): number {
    for (const family of this.#families) this.#enter(family.pending(atSeconds), atSeconds * 1_000);
    this.#filledUntilSeconds = atSeconds;
    return atSeconds;
  }

  #fillHourAfter(fromSeconds: number): number {
    const untilSeconds = fromSeconds + SECONDS_PER_HOUR;
    for (const family of this.#families)
      this.#enter(family.beginning(fromSeconds, untilSeconds), fromSeconds * 1_000);
    this.#filledUntilSeconds = untilSeconds;
    return untilSeconds;
  }

  #enter(happenings: Iterable<Happening>, afterMs: number): void {
    for (const happening of happenings) {
      if (happening.atMs <= afterMs) continue;
      const version = this.#versionOf(happening);
      this.#entries.add({ happening, version, sequence: this.#sequence++ });
    }
  }

  *#takeUntil(untilMs: number, afterMs: number): Generator<Happening> {
    for (let next = this.#entries.first; next && next.happening.atMs <= untilMs; next = this.#entries.first) {
      this.#entries.take();
      const { happening, version } = next;
      if (happening.atMs > afterMs && version === this.#versionOf(happening)) yield happening;
    }
  }

  #versionOf({ resource, id }: Happening): number {
    return this.#versions.get(keyOf(resource, id)) ?? 0;
  }
}

function keyOf(resource: string, id: number | string): string {
  return `${resource}:${id}`;
}
