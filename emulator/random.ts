/** The 32-bit FNV-1a hash of a string. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Hashes several numbers into one of 32 bits, with the finalizer of MurmurHash3. */
export function mix(...keys: number[]): number {
  let hash = 0x9e3779b9;
  for (const key of keys) {
    hash ^= key;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** A deterministic random number generator (mulberry32): the same keys produce the same sequence on every machine. */
export class Random {
  #state: number;

  constructor(...keys: number[]) {
    this.#state = mix(...keys);
  }

  /** A uniform number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let word = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A uniform whole number in [lowest, highest]. */
  integer(lowest: number, highest: number): number {
    return lowest + Math.floor(this.next() * (highest - lowest + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the items, or null if there are none. */
  pick<Item>(items: readonly Item[]): Item | null {
    return items[Math.floor(this.next() * items.length)] ?? null;
  }

  /** A log-normal number: most are near the median, a few are many times larger. */
  lognormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return median * Math.exp(sigma * normal);
  }

  /** A number between the two whose logarithm is uniform. */
  logUniform(shortest: number, longest: number): number {
    return shortest * (longest / shortest) ** this.next();
  }

  /** A string of `count` lower-case hexadecimal digits. */
  hex(count: number): string {
    let digits = "";
    while (digits.length < count) digits += this.integer(0, 0xffffff).toString(16).padStart(6, "0");
    return digits.slice(0, count);
  }
}
