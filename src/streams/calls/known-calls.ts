import { isJsonObject, type JsonObject } from "../../shared/json.ts";

/** Calls are kept by the quarter of an hour in which they started, so that a change rewrites a few of them only. */
const BUCKET_SECONDS = 15 * 60;

/** State has the buckets of a day together: to apply a patch copies each object that it changes. */
const BUCKETS_PER_DAY = 96;

/** 30 bits of a digest: one change in a billion has the mark of the version before it, and is not seen. */
const MARK_CHARS = 5;

/** State holds at most this much text of calls: some 400,000 calls, that is 13,000 a day for 30 days. */
export const MOST_KNOWN_BYTES = 3 * 2 ** 20;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Half of the alphabet is the last digit of a number, the other half a digit before others. */
const DIGIT = 32;

type Marks = Map<number, string>;

/**
 * The version that was captured last of each call that can be read again. State keeps it, in seven or eight
 * bytes a call, as `{"<day since 1970>": {"<quarter of an hour>": "<IDs and marks>"}}`: the IDs in ascending
 * order, each as the difference from the one before it and with the first characters of the digest of its version.
 */
export class KnownCalls {
  readonly #packed = new Map<number, string>();
  readonly #bucketOf = new Map<number, number>();
  readonly #changed = new Set<number>();
  readonly #mostBytes: number;
  #bytes = 0;
  /** The bucket that was used last: calls are read in the order of their start. */
  #unpacked: { bucket: number; marks: Marks } | undefined;

  /** Reads what state holds. What is not of this shape is ignored: such calls count as never captured. */
  constructor(state: unknown = {}, mostBytes = MOST_KNOWN_BYTES) {
    this.#mostBytes = mostBytes;
    for (const [bucket, text] of bucketsIn(state)) {
      const marks = typeof text === "string" ? unpacked(text) : undefined;
      if (!Number.isSafeInteger(bucket) || !marks) continue;
      this.#store(bucket, text as string);
      for (const id of marks.keys()) this.#bucketOf.set(id, bucket);
    }
  }

  get size(): number {
    return this.#bucketOf.size;
  }

  /** The start of the first call that is known, in Unix seconds and rounded down; infinite when there is none. */
  get sinceSeconds(): number {
    return Math.min(...this.#packed.keys()) * BUCKET_SECONDS;
  }

  /** Whether this version of the call is not the one captured last. */
  changed(id: number, digest: string): boolean {
    const bucket = this.#bucketOf.get(id);
    return bucket === undefined || this.#open(bucket).get(id) !== markOf(digest);
  }

  /** This version of the call, which started at an instant in Unix seconds, is captured with the next checkpoint. */
  note(id: number, startedAt: number, digest: string): void {
    const bucket = bucketAt(startedAt);
    const before = this.#bucketOf.get(id);
    if (before !== undefined && before !== bucket) {
      this.#open(before).delete(id);
      this.#changed.add(before);
    }
    this.#open(bucket).set(id, markOf(digest));
    this.#bucketOf.set(id, bucket);
    this.#changed.add(bucket);
  }

  /**
   * Forgets the calls that started before an instant in Unix seconds, as far as whole buckets go, and but for
   * those of which some second is still needed.
   */
  forgetBefore(
    instant: number,
    isNeeded: (fromSeconds: number, throughSeconds: number) => boolean = () => false,
  ): void {
    this.#close();
    for (const bucket of [...this.#packed.keys()]) {
      if (bucket >= bucketAt(instant)) continue;
      const fromSeconds = bucket * BUCKET_SECONDS;
      if (!isNeeded(fromSeconds, fromSeconds + BUCKET_SECONDS - 1)) this.#forget(bucket);
    }
  }

  /**
   * Forgets the calls that started first, until state has room for the others. Returns the start of the
   * first call that is kept, in Unix seconds and rounded down, if any call was forgotten.
   */
  forgetWhatHasNoRoom(): number | undefined {
    this.#close();
    if (this.#bytes <= this.#mostBytes) return undefined;
    const buckets = [...this.#packed.keys()].sort((left, right) => left - right);
    let oldest = 0;
    while (this.#bytes > this.#mostBytes) this.#forget(buckets[oldest++] as number);
    return (buckets[oldest] ?? bucketAt(0)) * BUCKET_SECONDS;
  }

  /** The merge patch of all changes since the last call; `undefined` without any. */
  takeChanges(): JsonObject | undefined {
    this.#close();
    if (this.#changed.size === 0) return undefined;
    const patch: Record<string, Record<string, string | null> | null> = {};
    for (const bucket of this.#changed) {
      const day = Math.floor(bucket / BUCKETS_PER_DAY);
      const changes = this.#hasDay(day) ? (patch[day] ?? {}) : null;
      patch[day] = changes;
      if (changes) changes[bucket % BUCKETS_PER_DAY] = this.#packed.get(bucket) ?? null;
    }
    this.#changed.clear();
    return patch;
  }

  #hasDay(day: number): boolean {
    for (let quarter = 0; quarter < BUCKETS_PER_DAY; quarter++)
      if (this.#packed.has(day * BUCKETS_PER_DAY + quarter)) return true;
    return false;
  }

  #open(bucket: number): Marks {
    if (this.#unpacked?.bucket !== bucket) {
      this.#close();
      const text = this.#packed.get(bucket);
      this.#unpacked = { bucket, marks: (text && unpacked(text)) || new Map() };
    }
    return (this.#unpacked as { marks: Marks }).marks;
  }

  #close(): void {
    if (!this.#unpacked) return;
    const { bucket, marks } = this.#unpacked;
    this.#unpacked = undefined;
    if (this.#changed.has(bucket)) this.#store(bucket, packed(marks));
  }

  #store(bucket: number, text: string): void {
    this.#bytes += text.length - (this.#packed.get(bucket)?.length ?? 0);
    if (text) this.#packed.set(bucket, text);
    else this.#packed.delete(bucket);
  }

  #forget(bucket: number): void {
    for (const id of this.#open(bucket).keys()) this.#bucketOf.delete(id);
    this.#unpacked = undefined;
    this.#store(bucket, "");
    this.#changed.add(bucket);
  }
}

function* bucketsIn(state: unknown): Generator<[bucket: number, text: unknown]> {
  for (const [day, buckets] of isJsonObject(state) ? Object.entries(state) : []) {
    for (const [quarter, text] of isJsonObject(buckets) ? Object.entries(buckets) : [])
      yield [Number(day) * BUCKETS_PER_DAY + Number(quarter), text];
  }
}

function bucketAt(seconds: number): number {
  return Math.floor(seconds / BUCKET_SECONDS);
}

function markOf(digest: string): string {
  return digest.slice(0, MARK_CHARS);
}

function packed(marks: Marks): string {
  let text = "";
  let before = 0;
  for (const [id, mark] of [...marks].sort(([left], [right]) => left - right)) {
    text += digitsOf(id - before) + mark;
    before = id;
  }
  return text;
}

/** `undefined` for a text that `packed` does not write. */
function unpacked(text: string): Marks | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  const marks: Marks = new Map();
  let id = 0;
  for (let position = 0; position < text.length; ) {
    let difference = 0;
    for (let digit = DIGIT; digit >= DIGIT; position++) {
      if (position >= text.length) return undefined;
      digit = ALPHABET.indexOf(text.charAt(position));
      difference = difference * DIGIT + (digit % DIGIT);
    }
    id += difference;
    const mark = text.slice(position, position + MARK_CHARS);
    position += MARK_CHARS;
    if (mark.length < MARK_CHARS || !Number.isSafeInteger(id)) return undefined;
    marks.set(id, mark);
  }
  return marks;
}

/** The number in base 32, the highest digit first. Every digit but the last is marked as one before others. */
function digitsOf(number: number): string {
  let text = ALPHABET.charAt(number % DIGIT);
  for (let rest = Math.floor(number / DIGIT); rest > 0; rest = Math.floor(rest / DIGIT)) {
    text = ALPHABET.charAt(DIGIT + (rest % DIGIT)) + text;
  }
  return text;
}
