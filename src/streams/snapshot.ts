import type { AircallReader, Endpoint, Page } from "../aircall/index.ts";
import type { Document, Step } from "../engine/index.ts";
import { ListTooLong } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import type { StreamDefinition } from "./definition.ts";
import { digest } from "./digest.ts";
import { deletionDocument } from "./document.ts";
import { probeList } from "./probe.ts";
import { allMalformed, type RowNeeds, wellFormedDocuments } from "./rows.ts";
import { restSince, type Source } from "./source.ts";
import { isId, isName } from "./values.ts";

type SnapshotDefinition = Omit<StreamDefinition, "run" | "probe" | "syncMode"> & {
  readonly endpoint: Endpoint;
};

/**
 * A small list that is read whole, again and again. What differs from the digests in the state is
 * a document, what is gone is a deletion, and one checkpoint names only what changed.
 *
 * State: `{"digests": {"<key>": "<digest>"}}`.
 */
export function snapshotStream(definition: SnapshotDefinition): StreamDefinition {
  const { endpoint, ...others } = definition;
  return {
    ...others,
    syncMode: "full_refresh",
    probe: (reader) => probeList(reader, endpoint),
    async *run(source, state) {
      const digests = readDigests(state);
      while (true) {
        const beganMs = source.clock.now();
        yield* new Snapshot(definition, source, digests).steps();
        yield restSince(beganMs, source.intervalMs, source);
      }
    },
  };
}

/** One snapshot of the list, of one page or of several. */
class Snapshot {
  readonly #definition: SnapshotDefinition;
  readonly #source: Source;
  readonly #digests: Map<string, string>;
  /** A map and no record, since a company may go by any name, `__proto__` included. */
  readonly #changed = new Map<string, string | null>();
  /** A row that could not be used may be any of those that are missing. */
  #hasSkipped = false;

  constructor(definition: SnapshotDefinition, source: Source, digests: Map<string, string>) {
    this.#definition = definition;
    this.#source = source;
    this.#digests = digests;
  }

  async *steps(): AsyncGenerator<Step> {
    const reading = new WholeListReading();
    yield* this.#read(reading);
    if (reading.isUseless) throw allMalformed(reading.rowCount);
    const deletedKeys = yield* this.#deletedKeys(reading);
    yield { kind: "documents", docs: deletedKeys.map((key) => this.#deletion(key)) };
    if (this.#changed.size > 0) {
      yield { kind: "checkpoint", patch: { digests: Object.fromEntries(this.#changed) } };
    }
    if (reading.tooLong) throw reading.tooLong;
  }

  /** What differs from the digests. */
  async *#read(reading: WholeListReading): AsyncGenerator<Step> {
    for await (const { rows } of reading.pages(this.#source.api, this.#definition.endpoint)) {
      const documents = wellFormedDocuments(rows, needsOf(this.#definition), this.#source);
      if (documents.length < rows.length) this.#hasSkipped = true;
      yield { kind: "documents", docs: documents.filter((doc) => this.#isNews(doc, reading)) };
    }
  }

  /** Whether the document differs from its digest, which is replaced if so. */
  #isNews(doc: Document, reading: WholeListReading): boolean {
    const key = String(doc[this.#definition.keyField]);
    const version = digest(doc);
    reading.saw(key);
    if (this.#digests.get(key) === version) return false;
    this.#digests.set(key, version);
    this.#changed.set(key, version);
    return true;
  }

  #deletion(key: string): Document {
    this.#digests.delete(key);
    this.#changed.set(key, null);
    return deletionDocument(this.#definition.keyField, originalKey(this.#definition, key));
  }

  /**
   * One page is a picture of one moment. Several are not: a row deleted from a page that has been read
   * pulls another across the border, unread, and a row added at the end hides that from the total. So
   * what several pages lack is deleted only if another reading lacks it too; and so is a list that seems to
   * have lost all its rows.
   */
  async *#deletedKeys(reading: WholeListReading): AsyncGenerator<Step, string[]> {
    let missing = this.#missingFrom(reading);
    let isWhole = reading.isWhole();
    const isDoubtful = reading.pageCount > 1 || missing.length === this.#digests.size;
    if (missing.length > 0 && isWhole && isDoubtful) {
      const second = new WholeListReading();
      yield* this.#read(second);
      missing = missing.filter((key) => !second.hasSeen(key));
      isWhole = second.isWhole();
    }
    if (missing.length === 0 || this.#hasSkipped) return [];
    if (isWhole) return missing;
    this.#source.log.warn("the list was not read whole, so what is missing from it is not taken for deleted");
    return [];
  }

  #missingFrom(reading: WholeListReading): string[] {
    return [...this.#digests.keys()].filter((key) => !reading.hasSeen(key));
  }
}

/** One reading of a list, which knows whether it saw the list whole. */
class WholeListReading {
  readonly #keys = new Set<string>();
  #total: number | undefined;
  #isSteady = true;
  pageCount = 0;
  rowCount = 0;
  /** Set when the list goes on beyond what the API serves: what was within reach has been read. */
  tooLong: ListTooLong | undefined;

  async *pages(api: AircallReader, endpoint: Endpoint): AsyncGenerator<Page> {
    try {
      for await (const page of api.pages(endpoint)) {
        this.pageCount = page.number;
        this.rowCount += page.rows.length;
        this.#watchTotal(page);
        yield page;
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

  /** There are rows, and none of them could be used. */
  get isUseless(): boolean {
    return this.rowCount > 0 && this.#keys.size === 0;
  }

  /** A total that moved means that rows came or went between two pages, and one may have slipped through. */
  isWhole(): boolean {
    return this.#isSteady && this.tooLong === undefined && this.#total === this.#keys.size;
  }

  #watchTotal(page: Page): void {
    if (page.number > 1 && page.total !== this.#total) this.#isSteady = false;
    this.#total = page.total;
  }
}

/** A key has the one type that the collection has for it. */
function needsOf({ keyField, documentSchema }: SnapshotDefinition): RowNeeds<Record<string, Json>> {
  return { [keyField]: hasIntegerKey({ keyField, documentSchema }) ? isId : isName };
}

/** State names every key as text; the document of a deletion needs the key as it was. */
function originalKey(definition: SnapshotDefinition, key: string): Json {
  return hasIntegerKey(definition) ? Number(key) : key;
}

function hasIntegerKey({
  documentSchema,
  keyField,
}: Pick<SnapshotDefinition, "documentSchema" | "keyField">): boolean {
  const { properties } = documentSchema;
  const schema = isJsonObject(properties) ? properties[keyField] : undefined;
  return isJsonObject(schema) && schema.type === "integer";
}

function readDigests(state: JsonObject): Map<string, string> {
  const entries = isJsonObject(state.digests) ? Object.entries(state.digests) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
