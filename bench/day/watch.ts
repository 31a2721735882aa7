import type { JsonObject } from "../../src/shared/json.ts";
import { type Change, KINDS, type Kind } from "./changes.ts";

/** The age of changes of one kind when they are captured. A change that is never captured counts as infinitely old: null. */
export interface Staleness {
  readonly kind: Kind;
  readonly count: number;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly p99Seconds: number | null;
  readonly neverSeen: number;
}

interface Capture {
  readonly change: Change;
  readonly ageSeconds: number;
}

/** Waits for changes to show in captured documents. */
export class Watch {
  /** By the ID of the call or contact. */
  readonly #expected = new Map<number, Change[]>();
  readonly #captured: Capture[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  expect(change: Change): void {
    this.#expected.set(change.id, [...(this.#expected.get(change.id) ?? []), change]);
  }

  /** Notes the changes that a captured document of a call or contact is the first to show. */
  see(doc: JsonObject): void {
    const id = Number(doc.id);
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
  staleness(isWanted: (change: Change) => boolean = () => true): Staleness[] {
    const unseen = [...this.#expected.values()].flat().filter(isWanted);
    const captured = this.#captured.filter(({ change }) => isWanted(change));
    return (Object.keys(KINDS) as Kind[]).map((kind) =>
      summary(
        kind,
        captured.filter(({ change }) => change.kind === kind).map(({ ageSeconds }) => ageSeconds),
        unseen.filter((change) => change.kind === kind).length,
      ),
    );
  }
}

function summary(kind: Kind, agesSeconds: readonly number[], neverSeen: number): Staleness {
  const sorted = agesSeconds.toSorted((left, right) => left - right);
  const count = sorted.length + neverSeen;
  const percentile = (share: number) => sorted[Math.ceil(share * count) - 1] ?? null;
  return {
    kind,
    count,
    p50Seconds: percentile(0.5),
    p95Seconds: percentile(0.95),
    p99Seconds: percentile(0.99),
    neverSeen,
  };
}
