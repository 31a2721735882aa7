import type { Step } from "../engine/index.ts";

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
 * A version that was noted counts from the moment it is noted, and for good once the block that
 * covers it is committed. `rollback` forgets what no checkpoint covers, since documents that no
 * checkpoint follows were never captured.
 */
export class DigestMemory {
  /** Made when there is something to remember: most streams never do. */
  #young: Generation | undefined;
  #old: Generation | undefined;
  #noted: Versions = new Map();
  /** What each block holds that is on its way to being committed, the oldest first. */
  readonly #covered: Versions[] = [];

  /** Whether a version of the object is remembered. */
  knows(id: number): boolean {
    return this.#version(id) !== undefined;
  }

  /** Whether this version of the object is not the one last captured. The version is noted if so. */
  isNews(id: number, digest: string): boolean {
    const version = versionOf(digest);
    if (this.#version(id) === version) return false;
    this.#noted.set(id, version);
    return true;
  }

  /** Remembers what the state says was captured. */
  restore(id: number, digest: string): void {
    this.#keep(id, versionOf(digest));
  }

  /** A checkpoint covers what was noted since the last one. Returns what to call when its block is committed. */
  cover(): () => void {
    const versions = this.#noted;
    if (versions.size === 0) return () => {};
    this.#noted = new Map();
    this.#covered.push(versions);
    return () => {
      this.#covered.splice(this.#covered.indexOf(versions), 1);
      for (const [id, version] of versions) this.#keep(id, version);
    };
  }

  /** Forgets what was noted since the last checkpoint. */
  rollback(): void {
    this.#noted.clear();
  }

  #version(id: number): number | undefined {
    return (
      this.#noted.get(id) ??
      this.#covered.findLast((versions) => versions.has(id))?.get(id) ??
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
 * The steps of one run of a stream that notes what it captures in the memory: the run begins without
 * what the last one left uncovered, and what a checkpoint covers is kept once its block is committed.
 */
export async function* remembering(memory: DigestMemory, steps: AsyncIterable<Step>): AsyncGenerator<Step> {
  memory.rollback();
  for await (const step of steps) {
    yield step.kind === "checkpoint" ? { ...step, committed: memory.cover() } : step;
  }
}

type Versions = Map<number, number>;

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
