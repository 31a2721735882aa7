import type { Endpoint } from "../aircall/index.ts";
import type { Document, Step } from "../engine/index.ts";
import { SourceUnavailable } from "../errors.ts";
import { isJsonObject, type Json } from "../shared/json.ts";
import type { StreamDefinition } from "./definition.ts";
import { digest } from "./digest.ts";
import { Digests } from "./digests.ts";
import { deletionDocument } from "./document.ts";
import { Emptiness } from "./emptiness.ts";
import { probeList } from "./probe.ts";
import { allMalformed, listedShort, type RowNeeds, wellFormedDocuments } from "./rows.ts";
import { restUntilDue, type Source } from "./source.ts";
import { isId, isName } from "./values.ts";
import { WholeListReading } from "./whole-list-reading.ts";

export const COMPANY: Endpoint = { path: "/v1/company", bodyKey: "company", holds: "one" };

/** The rows of a shorter list may well all be replaced, as the one row of the company is by a new name. */
const ROWS_TO_SUSPECT_COMPANY = 3;

type SnapshotDefinition = Omit<StreamDefinition, "run" | "probe" | "canResumeFrom"> & {
  readonly endpoint: Endpoint;
  /** The field of the company that has the number of rows. */
  readonly companyCount?: string;
};

/**
 * A small list that is read whole, again and again. Each object whose digest differs from the one in state
 * is captured, each that is gone is deleted, and one checkpoint names only what changed.
 *
 * State: `{"digests": {"<key>": "<digest>"}}`, and `emptySince` while a list that had rows has none.
 */
export function snapshotStream(definition: SnapshotDefinition): StreamDefinition {
  const { endpoint, ...others } = definition;
  return {
    ...others,
    probe: (reader) => probeList(reader, endpoint),
    canResumeFrom: (state) => isJsonObject(state.digests),
    async *run(source, state) {
      const digests = new Digests(state.digests);
      const emptiness = new Emptiness(state.emptySince);
      while (true) {
        const beganMs = source.clock.now();
        const touched = source.touched?.take();
        const api = touched ? source.api.for("touched list", "event") : source.api;
        yield* new Snapshot(definition, { ...source, api }, digests, emptiness).steps();
        if (touched) yield { kind: "checkpoint", patch: {}, committed: () => touched.read() };
        yield* restUntilDue(beganMs, source.intervalMs, source);
      }
    },
  };
}

/** One snapshot of the list, of one page or of several. */
class Snapshot {
  readonly #definition: SnapshotDefinition;
  readonly #source: Source;
  readonly #digests: Digests;
  readonly #emptiness: Emptiness;

  constructor(definition: SnapshotDefinition, source: Source, digests: Digests, emptiness: Emptiness) {
    this.#definition = definition;
    this.#source = source;
    this.#digests = digests;
    this.#emptiness = emptiness;
  }

  async *steps(): AsyncGenerator<Step> {
    const knownCount = this.#digests.size;
    let reading = yield* this.#readList();
    // An order that differs between two pages shows some rows twice, and others not at all.
    if (reading.isShort && !reading.tooLong) reading = yield* this.#readList();
    if (reading.isUseless) throw allMalformed(reading.rowCount);
    if (reading.isEmpty) await this.#compareWithCompany();
    const deletedKeys = this.#isEmptinessBelieved(reading) ? yield* this.#deletedKeys(reading) : [];
    if (deletedKeys.length === knownCount && !reading.isEmpty) this.#reportOtherList(knownCount);
    for (const key of deletedKeys) this.#digests.noteDeletion(key);
    if (this.#digests.size === 0) this.#emptiness.end();
    yield { kind: "documents", docs: deletedKeys.map((key) => this.#deletion(key)) };
    const digests = this.#digests.takeChanges();
    const emptiness = this.#emptiness.takeChanges();
    if (digests || emptiness)
      yield { kind: "checkpoint", patch: { ...(digests && { digests }), ...emptiness } };
    if (reading.tooLong) throw reading.tooLong;
    if (reading.isShort) throw listedShort(this.#definition.name, reading.rowCount, reading.total);
  }

  /** A state that is used with the key of another company has nothing in common with the list. */
  #reportOtherList(knownCount: number): void {
    if (knownCount < ROWS_TO_SUSPECT_COMPANY) return;
    this.#source.log.warn(
      `Aircall lists none of the ${knownCount} ${this.#definition.name} that were captured before, but others. If the API key belongs to another company, capture it with a state and a destination of its own.`,
    );
  }

  /** Throws `SourceUnavailable` when the list is empty and the company counts rows of it. */
  async #compareWithCompany(): Promise<void> {
    const { companyCount, name } = this.#definition;
    if (companyCount === undefined) return;
    const { company } = await this.#source.api.for("count of the company", "snapshot").get(COMPANY, {});
    const count = isJsonObject(company) ? company[companyCount] : undefined;
    if (typeof count !== "number" || count <= 0) return;
    throw new SourceUnavailable(
      `Aircall lists no ${name}, and yet its company has ${count} of them: nothing is deleted, and the list is read again.`,
    );
  }

  /** An outage can look like an empty list: such a list is believed once it has been empty for an hour. */
  #isEmptinessBelieved(reading: WholeListReading): boolean {
    const isSuspicious = reading.isEmpty && this.#digests.size > 0;
    if (!isSuspicious) this.#emptiness.end();
    else if (!this.#emptiness.hasLasted(this.#source)) {
      this.#source.log.warn(
        `Aircall lists no ${this.#definition.name}, where it listed ${this.#digests.size} before. They count as deleted if the list is still empty after an hour.`,
      );
      return false;
    }
    return true;
  }

  /** Captures each object that has changed. */
  async *#readList(): AsyncGenerator<Step, WholeListReading> {
    const reading = new WholeListReading();
    for await (const { rows } of reading.pages(this.#source.api, this.#definition.endpoint)) {
      const documents = wellFormedDocuments(rows, needsOf(this.#definition), this.#source);
      reading.skippedCount += rows.length - documents.length;
      yield { kind: "documents", docs: this.#takeChanged(documents, reading) };
    }
    return reading;
  }

  #takeChanged(documents: readonly Document[], reading: WholeListReading): Document[] {
    const changed: Document[] = [];
    for (const document of documents) {
      const key = String(document[this.#definition.keyField]);
      const version = digest(document);
      reading.saw(key);
      if (!this.#digests.changed(key, version)) continue;
      this.#digests.note(key, version);
      changed.push(document);
    }
    return changed;
  }

  #deletion(key: string): Document {
    return deletionDocument(this.#definition.keyField, originalKey(this.#definition, key));
  }

  /**
   * The keys that count as deleted. One page shows the list at one moment. Several pages do not: a row that
   * is deleted from a page that was read pulls another row across the border of two pages, unread, and a
   * row that is added at the end hides this from the total. So a row that is missing from several pages,
   * or from a list without rows, is deleted only if a second reading lacks it too.
   */
  async *#deletedKeys(reading: WholeListReading): AsyncGenerator<Step, string[]> {
    let missing = this.#missingFrom(reading);
    const readings = [reading];
    const isDoubtful = reading.pageCount > 1 || missing.length === this.#digests.size;
    if (missing.length > 0 && reading.isWhole && isDoubtful) {
      const second = yield* this.#readList();
      readings.push(second);
      if (second.rowCount > 0) this.#emptiness.end();
      missing = missing.filter((key) => !second.hasSeen(key));
    }
    // A row that was skipped may be any of those that are missing.
    const isReported = reading.isShort || readings.some(({ skippedCount }) => skippedCount > 0);
    if (missing.length === 0 || isReported) return [];
    if (readings.every(({ isWhole }) => isWhole)) return missing;
    this.#source.log.warn("the list was not read whole, so what is missing from it is not taken for deleted");
    return [];
  }

  #missingFrom(reading: WholeListReading): string[] {
    return this.#digests.keys().filter((key) => !reading.hasSeen(key));
  }
}

/** A key must have the type that the schema of the collection gives it. */
function needsOf({ keyField, documentSchema }: SnapshotDefinition): RowNeeds<Record<string, Json>> {
  return { [keyField]: hasIntegerKey({ keyField, documentSchema }) ? isId : isName };
}

/** State has every key as text; the document of a deletion needs the key as Aircall returned it. */
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
