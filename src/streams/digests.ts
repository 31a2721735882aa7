import { isJsonObject, type JsonObject } from "../shared/json.ts";

/**
 * The digest of each object of a list, by its key as text: what was captured of it last. State keeps all
 * of them, as `{"<key>": "<digest>"}`, so a restart captures nothing again that has not changed.
 */
export class Digests {
  /** Maps and no records, since a company may have any name, `__proto__` included. */
  readonly #digests: Map<string, string>;
  /** Since the last `takeChanges`; null for an object that is gone. */
  readonly #changes = new Map<string, string | null>();

  /** Reads what state holds. Anything else than texts is ignored. */
  constructor(state: unknown) {
    const entries = isJsonObject(state) ? Object.entries(state) : [];
    this.#digests = new Map(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  }

  get size(): number {
    return this.#digests.size;
  }

  keys(): string[] {
    return [...this.#digests.keys()];
  }

  /** Whether this version of the object is not the one captured last. */
  changed(key: string, digest: string): boolean {
    return this.#digests.get(key) !== digest;
  }

  /** This version of the object is captured with the next checkpoint. */
  note(key: string, digest: string): void {
    this.#digests.set(key, digest);
    this.#changes.set(key, digest);
  }

  /** The deletion of the object is captured with the next checkpoint. */
  noteDeletion(key: string): void {
    this.#digests.delete(key);
    this.#changes.set(key, null);
  }

  /** The merge patch of all changes since the last call; `undefined` without any. */
  takeChanges(): JsonObject | undefined {
    if (this.#changes.size === 0) return undefined;
    const patch = Object.fromEntries(this.#changes);
    this.#changes.clear();
    return patch;
  }
}
