import type { JsonObject } from "../../src/shared/json.ts";

/** Something that is to show in a captured document. */
export interface Expected<Kind extends string> {
  readonly kind: Kind;
  /** Of the object. */
  readonly id: number;
  readonly atSeconds: number;
  /** Whether a document of the object shows the change. */
  isShownBy(doc: JsonObject): boolean;
}

/** The age of changes of one kind when they are captured. A change that is never captured counts as infinitely old: null. */
export interface Staleness<Kind extends string> {
  readonly kind: Kind;
  readonly count: number;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly p99Seconds: number | null;
  readonly maxSeconds: number | null;
  readonly neverSeen: number;
}

interface Capture<Kind extends string> {
  readonly change: Expected<Kind>;
  readonly ageSeconds: number;
}

/** Waits for changes to show in captured documents. */
export class Watch<Kind extends string> {
  /** By the ID of the object. */
  readonly #expected = new Map<number, Expected<Kind>[]>();
  readonly #captured: Capture<Kind>[] = [];
  readonly #kinds: readonly Kind[];
  readonly #nowMs: () => number;

  constructor(kinds: readonly Kind[], nowMs: () => number) {
    this.#kinds = kinds;
    this.#nowMs = nowMs;
  }

  expect(change: Expected<Kind>): void {
    this.#expected.set(change.id, [...(this.#expected.get(change.id) ?? []), change]);
  }

  /** Waits no longer for a change of an object. */
  forget(id: number, kind: Kind): void {
    const others = (this.#expected.get(id) ?? []).filter((change) => change.kind !== kind);
    if (others.length > 0) this.#expected.set(id, others);
    else this.#expected.delete(id);
  }

  /** Notes the changes that a captured document of an object is the first to show. */
  see(id: number, doc: JsonObject): void {
    const { shown = [], hidden = [] } = Object.groupBy(this.#expected.get(id) ?? [], (change) =>
      change.isShownBy(doc) ? "shown" : "hidden",
    );
    if (shown.length === 0) return;
    if (hidden.length > 0) this.#expected.set(id, hidden);
    else this.#expected.delete(id);
    for (const change of shown)
      this.#captured.push({ change, ageSeconds: this.#nowMs() / 1000 - change.atSeconds });
  }

  /** Whether every change has been captured. */
  get isOver(): boolean {
    return this.#expected.size === 0;
  }

  /** Of the changes for which the condition holds. */
  staleness(isWanted: (change: Expected<Kind>) => boolean = () => true): Staleness<Kind>[] {
    const unseen = [...this.#expected.values()].flat().filter(isWanted);
    const captured = this.#captured.filter(({ change }) => isWanted(change));
    return this.#kinds.map((kind) =>
      summary(
        kind,
        captured.filter(({ change }) => change.kind === kind).map(({ ageSeconds }) => ageSeconds),
        unseen.filter((change) => change.kind === kind).length,
      ),
    );
  }
}

function summary<Kind extends string>(
  kind: Kind,
  agesSeconds: readonly number[],
  neverSeen: number,
): Staleness<Kind> {
  const sorted = agesSeconds.toSorted((left, right) => left - right);
  const count = sorted.length + neverSeen;
  const percentile = (share: number) => sorted[Math.ceil(share * count) - 1] ?? null;
  return {
    kind,
    count,
    p50Seconds: percentile(0.5),
    p95Seconds: percentile(0.95),
    p99Seconds: percentile(0.99),
    maxSeconds: percentile(1),
    neverSeen,
  };
}
