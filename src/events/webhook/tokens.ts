import { isSameText } from "../same-text.ts";

/** The tokens that the events of this capture carry, in memory only. */
export class Tokens {
  #tokens: readonly string[] = [];

  /** From now on only these are known. */
  set(tokens: readonly string[]): void {
    this.#tokens = tokens;
  }

  add(token: string): void {
    this.#tokens = [...this.#tokens, token];
  }

  /** Whether the text is one of the tokens; `unknown` as long as there are none. Takes the same time for any text. */
  has(text: string): boolean | "unknown" {
    if (this.#tokens.length === 0) return "unknown";
    return this.#tokens.filter((token) => isSameText(text, token)).length > 0;
  }
}
