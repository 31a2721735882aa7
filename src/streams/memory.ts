import type { Step } from "../engine/index.ts";

/** Above this share of used slots, a lookup in the hash table takes many steps. */
const FULLEST = 0.75;

/** A generation grows to this size; then another begins. */
const MOST_SLOTS = 2 ** 19;
const FIRST_SLOTS = 2 ** 10;

/** What fits a number exactly: two versions of an object are taken for one in 2^48 cases. */
const VERSION_BYTES = 6;

/**
 * The version that a binding captured last of each object, while the process lives, so that no version is
 * captured twice. Remembers the 393,216 objects that were noted or asked for last, and up to twice as
 * many, in at most 8 MiB for each 393,216. An unchanged object beyond that may be captured again.
 *
 * A noted version counts at once, and for good when the block that covers it is committed. `rollback`
 * forgets the versions that no checkpoint covers: documents that no checkpoint follows were never captured.
 */
export class DigestMemory {
  /** Made with the first version: most streams note none. */
  #young: Generation | undefined;
  #old: Generation | undefined;
  #noted: Versions = new Map();
  /** The versions of each block that is not committed yet, the oldest block first. */
  readonly #covered = new Set<Versions>();

  /** Whether a version of the object is remembered. */
  knows(id: number): boolean {
    return this.#version(id) !== undefined;
  }

  /** Whether this version of the object is not the one captured last. */
  changed(id: number, digest: string): boolean {
    return this.#version(id) !== versionOf(digest);
  }

  /** This version of the object is captured with the next checkpoint. */
  note(id: number, digest: string): void {
    this.#noted.set(id, versionOf(digest));
  }

  /** Remembers a version that was captured according to the state. */
  restore(id: number, digest: string): void {
    this.#keep(id, versionOf(digest));
  }

  /** A checkpoint covers the versions noted since the last one. Returns a function to call when its block is committed. */
  cover(): () => void {
    const versions = this.#noted;
    if (versions.size === 0) return () => {};
    this.#noted = new Map();
    this.#covered.add(versions);
    return () => {
      if (!this.#covered.delete(versions)) return;
      for (const [id, version] of versions) this.#keep(id, version);
    };
  }

  /** Forgets the versions noted since the last checkpoint. */
  rollback(): void {
    this.#noted.clear();
  }

  #version(id: number): number | undefined {
    return (
      this.#noted.get(id) ??
      [...this.#covered].findLast((versions) => versions.has(id))?.get(id) ??
      this.#committed(id)
    );
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

/**
 * The steps of one run of a stream, whose checkpoints commit what the stream has noted in the memory. The
 * run begins without the versions that the run before it left uncovered.
 */
export async function* remembering(memory: DigestMemory, steps: AsyncIterable<Step>): AsyncGenerator<Step> {
  memory.rollback();
  for await (const step of steps) {
    if (step.kind !== "checkpoint") {
      yield step;
      continue;
    }
    const commit = memory.cover();
    const committed = () => {
      commit();
      step.committed?.();
    };
    yield { ...step, committed };
  }
}

type Versions = Map<number, number>;

/**
 * A hash table of numbers with open addressing, which grows and forgets nothing. A `Map` of as many
 * numbers takes some three times the memory.
 */
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
