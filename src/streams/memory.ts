/** A fuller hash table would search for long. */
const FULLEST = 0.75;

/** A generation grows to this size; then another begins. */
const MOST_SLOTS = 2 ** 19;
const FIRST_SLOTS = 2 ** 10;

/** What fits a number exactly: two versions of an object are taken for one in 2^48 cases. */
const VERSION_BYTES = 6;

/**
 * What a binding has captured of each object while the process lives, so that nothing is captured
 * twice. It remembers the 393,216 objects that it has last heard of for certain, and up to twice
 * as many, in 8 MiB each at most. Beyond that an unchanged object may be captured again.
 *
 * A version counts once a checkpoint covers it: what was noted and not committed is forgotten by
 * `rollback`, since documents that no checkpoint follows count as never captured.
 */
export class DigestMemory {
  /** Made when there is something to remember: most streams never do. */
  #young: Generation | undefined;
  #old: Generation | undefined;
  readonly #noted = new Map<number, number>();

  /** Whether a version of the object is remembered. */
  knows(id: number): boolean {
    return this.#noted.has(id) || this.#committed(id) !== undefined;
  }

  /** Whether this version of the object is not the one last captured. The version is noted if so. */
  isNews(id: number, digest: string): boolean {
    const version = versionOf(digest);
    if ((this.#noted.get(id) ?? this.#committed(id)) === version) return false;
    this.#noted.set(id, version);
    return true;
  }

  /** A checkpoint covers what has been noted. */
  commit(): void {
    for (const [id, version] of this.#noted) this.#keep(id, version);
    this.#noted.clear();
  }

  rollback(): void {
    this.#noted.clear();
  }

  #committed(id: number): number | undefined {
    const version = this.#young?.get(id);
    if (version !== undefined) return version;
    const older = this.#old?.get(id);
    if (older !== undefined) this.#keep(id, older);
    return older;
  }

  #keep(id: number, version: number): void {
    if (!this.#young || this.#young.size >= MOST_SLOTS * FULLEST) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    this.#young.set(id, version);
  }
}

/** A hash table of numbers with open addressing, which grows and forgets nothing. */
class Generation {
  #ids = emptySlots(FIRST_SLOTS);
  #versions = new Float64Array(FIRST_SLOTS);
  size = 0;

  get(id: number): number | undefined {
    const slot = this.#slotOf(id);
    return this.#ids[slot] === id ? this.#versions[slot] : undefined;
  }

  set(id: number, version: number): void {
    let slot = this.#slotOf(id);
    if (this.#ids[slot] !== id) {
      if (this.size >= this.#ids.length * FULLEST) {
        this.#grow();
        slot = this.#slotOf(id);
      }
      this.size += 1;
    }
    this.#ids[slot] = id;
    this.#versions[slot] = version;
  }

  #grow(): void {
    const [ids, versions] = [this.#ids, this.#versions];
    this.#ids = emptySlots(ids.length * 2);
    this.#versions = new Float64Array(ids.length * 2);
    for (const [old, id] of ids.entries()) {
      if (Number.isNaN(id)) continue;
      const slot = this.#slotOf(id);
      this.#ids[slot] = id;
      this.#versions[slot] = versions[old] as number;
    }
  }

  /** Where the object is, or would be. */
  #slotOf(id: number): number {
    const slots = this.#ids.length;
    let slot = Math.imul(id ^ (id / 2 ** 32), 0x9e3779b1) >>> (32 - Math.log2(slots));
    while (this.#ids[slot] !== id && !Number.isNaN(this.#ids[slot])) slot = (slot + 1) % slots;
    return slot;
  }
}

function emptySlots(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}

function versionOf(digest: string): number {
  return Buffer.from(digest, "base64url").readUIntBE(0, VERSION_BYTES);
}
