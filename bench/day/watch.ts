import type { JsonObject } from "../../src/shared/json.ts";
import { type Change, KINDS, type Kind } from "./changes.ts";

/** How old the news of one kind of change is when it is captured. What is never captured counts as infinitely old. */
export interface Staleness {
  readonly kind: Kind;
  readonly count: number;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly p99Seconds: number | null;
  readonly neverSeen: number;
}

/** Waits for changes to show in what is captured. */
export class Watch {
  readonly #waiting = new Map<number, Change[]>();
  readonly #seenAfterSeconds = new Map<Kind, number[]>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  expect(change: Change): void {
    const waiting = this.#waiting.get(change.id);
    if (waiting === undefined) this.#waiting.set(change.id, [change]);
    else waiting.push(change);
  }

  /** A document of a call or a contact has been captured. */
  saw(doc: JsonObject): void {
    const id = Number(doc.id);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    const left = waiting.filter((change) => !change.isShownBy(doc));
    for (const change of waiting) if (!left.includes(change)) this.#note(change);
    if (left.length === 0) this.#waiting.delete(id);
    else this.#waiting.set(id, left);
  }

  staleness(): Staleness[] {
    const never = new Map<Kind, number>();
    for (const { kind } of [...this.#waiting.values()].flat()) never.set(kind, (never.get(kind) ?? 0) + 1);
    return (Object.keys(KINDS) as Kind[]).map((kind) =>
      summary(kind, this.#seenAfterSeconds.get(kind) ?? [], never.get(kind) ?? 0),
    );
  }

  #note({ kind, atSeconds }: Change): void {
    const seen = this.#seenAfterSeconds.get(kind) ?? [];
    seen.push(this.#nowMs() / 1000 - atSeconds);
    this.#seenAfterSeconds.set(kind, seen);
  }
}

function summary(kind: Kind, seenAfterSeconds: number[], neverSeen: number): Staleness {
  const sorted = seenAfterSeconds.sort((left, right) => left - right);
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
