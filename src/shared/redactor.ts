import { isJsonObject } from "./json.ts";

/** Shorter secrets are not hidden: they occur in ordinary words, and no key of Aircall's is as short. */
const SHORTEST_CHARACTERS = 4;

/** The texts in a config that its JSON Schema marks with `secret: true`, however deep. */
export function secretsIn(schema: unknown, config: unknown): string[] {
  if (!isJsonObject(schema)) return [];
  // A secret is used without the white space around it, and may be repeated either way.
  if (schema.secret === true) return typeof config === "string" ? [...new Set([config, config.trim()])] : [];
  if (Array.isArray(config)) return config.flatMap((element) => secretsIn(schema.items, element));
  if (!isJsonObject(config) || !isJsonObject(schema.properties)) return [];
  return Object.entries(schema.properties).flatMap(([name, property]) => secretsIn(property, config[name]));
}

/**
 * Hides secrets in errors and logs. The program needs its redactor before it has read a config, so the
 * secrets of each config are added when it is read.
 */
export class Redactor {
  readonly #secrets: Set<string>;
  #spellings: readonly string[];

  constructor(secrets: readonly string[] = []) {
    this.#secrets = new Set(secrets);
    this.#spellings = spellingsOf(this.#secrets);
  }

  add(secrets: readonly string[]): void {
    for (const secret of secrets) this.#secrets.add(secret);
    this.#spellings = spellingsOf(this.#secrets);
  }

  /**
   * The text with `[hidden]` for every secret in it. The text must be whole: a secret that was cut in two
   * is not recognised.
   */
  hide(text: string): string {
    return withoutAll(this.#spellings, text);
  }
}

/**
 * The ways in which other programs repeat a secret: as it is, in base64, joined with another one as in the
 * header of Basic authorization, and each of these as in an address or in JSON.
 */
function spellingsOf(secrets: ReadonlySet<string>): string[] {
  const all = [...secrets];
  const pairs = all.flatMap((user) => all.map((password) => `${user}:${password}`));
  const plain = [...all, ...[...all, ...pairs].map(inBase64)];
  const spellings = plain.flatMap((text) => [
    text,
    encodeURIComponent(text.toWellFormed()),
    JSON.stringify(text).slice(1, -1),
  ]);
  const known = [...new Set(spellings)].filter(({ length }) => length >= SHORTEST_CHARACTERS);
  // The longest first: one may be a part of another, and the rest of that would stay.
  return known.sort((left, right) => right.length - left.length);
}

/** Without the padding, which may be left out. */
function inBase64(text: string): string {
  return Buffer.from(text).toString("base64").replace(/=+$/, "");
}

function withoutAll([secret, ...others]: readonly string[], text: string): string {
  if (secret === undefined) return text;
  const parts = text.split(secret).map((part) => withoutAll(others, part));
  return parts.join("[hidden]");
}
