/** An ID is a bucket and an offset in it. A bucket of consecutive IDs is at most 5 KiB of text. */
const IDS_PER_BUCKET = 1024;

/** Marks are whole numbers from 0 up to this, exclusive. */
export const MARKS = 2 ** 20;

/** Ten bits of offset and twenty of mark, in the characters of base64url. */
const CHARS_PER_ID = 5;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A bucket's name in JSON takes about so much text beside its entries. */
const BYTES_PER_BUCKET = 14;

/** Some bits from the end of a digest, which the memory of the process does not use. */
export function markOf(version: string): number {
  return Buffer.from(version, "base64url").subarray(-3).readUIntBE(0, 3) % MARKS;
}

/** Buckets by number, as state holds them: the IDs of each in ascending order, five characters an ID. */
export type PackedIds = Record<string, string>;

export const PACKED_IDS = {
  type: "object",
  patternProperties: { "^[0-9]+$": { type: "string", pattern: `^([\\w-]{${CHARS_PER_ID}})+$` } },
  additionalProperties: false,
} as const;

/**
 * A set of IDs, positive safe integers, each with a mark. It takes some five bytes an ID where many
 * IDs are close together, and keeps track of its changes since they were last taken.
 */
export class KnownIds {
  readonly #buckets: Map<number, string>;
  readonly #changed = new Set<number>();
  #size = 0;

  constructor(packed: PackedIds = {}) {
    this.#buckets = new Map(Object.entries(packed).map(([bucket, entries]) => [Number(bucket), entries]));
    for (const entries of this.#buckets.values()) this.#size += sizeOf(entries);
  }

  get size(): number {
    return this.#size;
  }

  /** About how much text the state holds. */
  get bytes(): number {
    return this.#size * CHARS_PER_ID + this.#buckets.size * BYTES_PER_BUCKET;
  }

  has(id: number): boolean {
    return this.mark(id) !== undefined;
  }

  /** The mark of an ID of the set. */
  mark(id: number): number | undefined {
    const { entries, position, isThere } = this.#find(id);
    return isThere ? entryAt(entries, position) % MARKS : undefined;
  }

  set(id: number, mark: number): void {
    const { bucket, entries, position, isThere } = this.#find(id);
    const entry = packed((id % IDS_PER_BUCKET) * MARKS + mark);
    this.#replace(bucket, entries, position, isThere ? 1 : 0, entry);
  }

  delete(id: number): void {
    const { bucket, entries, position, isThere } = this.#find(id);
    if (isThere) this.#replace(bucket, entries, position, 1, "");
  }

  /** Deletes the smallest IDs, in whole buckets, until the rest takes at most so many bytes. Returns whether there were any. */
  deleteSmallest(mostBytes: number): boolean {
    if (this.bytes <= mostBytes) return false;
    const ascending = [...this.#buckets.keys()].sort((left, right) => left - right);
    for (const bucket of ascending) {
      if (this.bytes <= mostBytes) break;
      this.#size -= sizeOf(this.#buckets.get(bucket) ?? "");
      this.#buckets.delete(bucket);
      this.#changed.add(bucket);
    }
    return true;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** The merge patch of all changes since the last call; null for a bucket that is empty. */
  takeChanges(): Record<string, string | null> {
    const changes = [...this.#changed].map((bucket) => [bucket, this.#buckets.get(bucket) ?? null]);
    this.#changed.clear();
    return Object.fromEntries(changes);
  }

  /** The IDs that the other set lacks. Both sets may change meanwhile; IDs that are added then may be left out. */
  *missingFrom(other: KnownIds): Generator<number> {
    for (const bucket of [...this.#buckets.keys()]) {
      const entries = this.#buckets.get(bucket) ?? "";
      for (let position = 0; position < sizeOf(entries); position++) {
        const id = bucket * IDS_PER_BUCKET + offsetAt(entries, position);
        if (!other.has(id) && this.has(id)) yield id;
      }
    }
  }

  /** Where the ID is in its bucket, or would be. */
  #find(id: number): { bucket: number; entries: string; position: number; isThere: boolean } {
    const bucket = Math.floor(id / IDS_PER_BUCKET);
    const offset = id % IDS_PER_BUCKET;
    const entries = this.#buckets.get(bucket) ?? "";
    let low = 0;
    let high = sizeOf(entries);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (offsetAt(entries, middle) < offset) low = middle + 1;
      else high = middle;
    }
    const isThere = low < sizeOf(entries) && offsetAt(entries, low) === offset;
    return { bucket, entries, position: low, isThere };
  }

  #replace(bucket: number, entries: string, position: number, count: number, entry: string): void {
    const start = position * CHARS_PER_ID;
    const replaced = entries.slice(0, start) + entry + entries.slice(start + count * CHARS_PER_ID);
    if (replaced === entries) return;
    this.#size += sizeOf(replaced) - sizeOf(entries);
    if (replaced === "") this.#buckets.delete(bucket);
    else this.#buckets.set(bucket, replaced);
    this.#changed.add(bucket);
  }
}

function sizeOf(entries: string): number {
  return entries.length / CHARS_PER_ID;
}

function offsetAt(entries: string, position: number): number {
  return Math.floor(entryAt(entries, position) / MARKS);
}

function entryAt(entries: string, position: number): number {
  let entry = 0;
  for (let index = 0; index < CHARS_PER_ID; index++) {
    entry = entry * 64 + ALPHABET.indexOf(entries.charAt(position * CHARS_PER_ID + index));
  }
  return entry;
}

function packed(entry: number): string {
  let text = "";
  for (let index = 1; index <= CHARS_PER_ID; index++) {
    text += ALPHABET.charAt((entry >>> (6 * (CHARS_PER_ID - index))) & 63);
  }
  return text;
}
