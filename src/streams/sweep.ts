import type { AircallReader, Endpoint, Page } from "../aircall/index.ts";
import type { Document, Step } from "../engine/index.ts";
import { ListTooLong } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import type { StreamDefinition } from "./definition.ts";
import { digest } from "./digest.ts";
import { deletionDocument, presentDocument } from "./document.ts";
import type { Source } from "./source.ts";

type SweepDefinition = Omit<StreamDefinition, "run" | "syncMode"> & {
  /** Fields that are left out of every row, because they are secrets of this list. */
  readonly secretFields?: readonly string[];
};

/**
 * A small list that is read whole, again and again. What differs from the digests in the state is
 * a document, what is gone is a deletion, and one checkpoint names only what changed.
 *
 * State: `{"digests": {"<key>": "<digest>"}}`.
 */
export function sweepStream(definition: SweepDefinition): StreamDefinition {
  return {
    ...definition,
    syncMode: "full_refresh",
    async *run(source, state) {
      const digests = readDigests(state);
      while (true) {
        const beganMs = source.clock.now();
        yield* sweep(definition, source, digests);
        yield { kind: "rest", untilMs: beganMs + source.intervalMs };
      }
    },
  };
}

async function* sweep(
  definition: SweepDefinition,
  source: Source,
  digests: Map<string, string>,
): AsyncGenerator<Step> {
  const changed: JsonObject = {};
  const reading = new WholeListReading();
  for await (const row of reading.rows(source.api, definition.endpoint)) {
    const doc = usableDocument(definition, row);
    if (!doc) {
      source.log.warn(`a row without a usable "${definition.keyField}" was passed over`);
      reading.distrust();
      continue;
    }
    const key = String(doc[definition.keyField]);
    const version = digest(doc);
    reading.saw(key);
    if (digests.get(key) === version) continue;
    digests.set(key, version);
    changed[key] = version;
    yield { kind: "document", doc };
  }
  const missing = [...digests.keys()].filter((key) => !reading.hasSeen(key));
  if (reading.isWhole()) {
    for (const key of missing) {
      digests.delete(key);
      changed[key] = null;
      yield { kind: "document", doc: deletionDocument(definition.keyField, originalKey(definition, key)) };
    }
  } else if (missing.length > 0) {
    source.log.warn("the list was not read whole, so what is missing from it is not taken for deleted");
  }
  if (Object.keys(changed).length > 0) yield { kind: "checkpoint", patch: { digests: changed } };
  if (reading.tooLong) throw reading.tooLong;
}

/** One reading of a list, which knows whether it saw the list whole. */
class WholeListReading {
  readonly #keys = new Set<string>();
  #total: number | undefined;
  #isSteady = true;
  /** Set when the list goes on beyond what the API serves: what was within reach has been read. */
  tooLong: ListTooLong | undefined;

  async *rows(api: AircallReader, endpoint: Endpoint): AsyncGenerator<Json> {
    try {
      for await (const page of api.pages(endpoint)) {
        this.#watchTotal(page);
        yield* page.rows;
      }
    } catch (error) {
      if (!(error instanceof ListTooLong)) throw error;
      this.tooLong = error;
    }
  }

  saw(key: string): void {
    this.#keys.add(key);
  }

  hasSeen(key: string): boolean {
    return this.#keys.has(key);
  }

  distrust(): void {
    this.#isSteady = false;
  }

  /** A total that moved means that rows came or went between two pages, and one may have slipped through. */
  isWhole(): boolean {
    return this.#isSteady && this.tooLong === undefined && this.#total === this.#keys.size;
  }

  #watchTotal(page: Page): void {
    if (page.number > 1 && page.total !== this.#total) this.distrust();
    this.#total = page.total;
  }
}

function usableDocument({ keyField, secretFields = [] }: SweepDefinition, row: Json): Document | undefined {
  if (!isJsonObject(row)) return undefined;
  const key = row[keyField];
  if (!Number.isSafeInteger(key) && (typeof key !== "string" || key === "")) return undefined;
  for (const field of secretFields) delete row[field];
  return presentDocument(row);
}

/** State names every key as text; the document of a deletion needs the key as it was. */
function originalKey({ documentSchema, keyField }: SweepDefinition, key: string): Json {
  const { properties } = documentSchema;
  const schema = isJsonObject(properties) ? properties[keyField] : undefined;
  return isJsonObject(schema) && schema.type === "integer" ? Number(key) : key;
}

function readDigests(state: JsonObject): Map<string, string> {
  const entries = isJsonObject(state.digests) ? Object.entries(state.digests) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
