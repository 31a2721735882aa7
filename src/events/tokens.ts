import { createHash, timingSafeEqual } from "node:crypto";

/** The tokens that the events of this capture carry. They are in memory only, as digests. */
export class Tokens {
  #digests: readonly Buffer[] = [];

  /** From now on only these are known. */
  set(tokens: readonly string[]): void {
    this.#digests = tokens.map(digestOf);
  }

  add(token: string): void {
    this.#digests = [...this.#digests, digestOf(token)];
  }

  /** Whether the text is one of the tokens; `unknown` as long as there are none. Takes the same time for any text. */
  has(text: string): boolean | "unknown" {
    if (this.#digests.length === 0) return "unknown";
    const digest = digestOf(text);
    return this.#digests.filter((known) => timingSafeEqual(known, digest)).length > 0;
  }
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
