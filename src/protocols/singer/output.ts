import type { Document } from "../../engine/index.ts";
import { counted } from "../../shared/format.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { Log } from "../../shared/ports.ts";
import type { StreamName } from "../../streams/index.ts";
import { DELETED_AT } from "./catalog.ts";
import { projectValue } from "./projection.ts";
import type { SelectedStream } from "./selection.ts";

/**
 * The messages of the Singer specification. `version` and ACTIVATE_VERSION are its extension for
 * tables that are read whole: a target removes the rows of the stream that have another version.
 */
export type SingerMessage =
  | {
      readonly type: "SCHEMA";
      readonly stream: StreamName;
      readonly schema: JsonObject;
      readonly key_properties: readonly string[];
      readonly bookmark_properties?: readonly string[];
    }
  | {
      readonly type: "RECORD";
      readonly stream: StreamName;
      readonly record: JsonObject;
      readonly version?: number;
      /** RFC 3339. */
      readonly time_extracted: string;
    }
  | { readonly type: "STATE"; readonly value: JsonObject }
  | { readonly type: "ACTIVATE_VERSION"; readonly stream: StreamName; readonly version: number };

/** Makes the records of one stream out of its documents. */
export class RecordMaker {
  readonly #stream: SelectedStream;
  readonly #fields: ReadonlySet<string>;
  readonly #log: Log;
  readonly #unknown = new Set<string>();
  #present = 0;
  #deleted = 0;
  #measured = 0;
  /** That of all records of a table that is read whole; absent for a stream that follows changes. */
  readonly version: number | undefined;

  constructor(stream: SelectedStream, version: number | undefined, log: Log) {
    this.#stream = stream;
    this.#fields = new Set(Object.keys(stream.schema.properties as JsonObject));
    this.#log = log;
    this.version = version;
  }

  /** The record of an object as it is, or of its key when it was deleted. */
  message(doc: Document, nowMs: number): SingerMessage {
    const time = new Date(nowMs).toISOString();
    const isDeletion = doc._meta.op === "d";
    if (isDeletion) this.#deleted += 1;
    else this.#present += 1;
    return {
      type: "RECORD",
      stream: this.#stream.name,
      record: { ...this.#selected(doc), [DELETED_AT]: isDeletion ? time : null },
      ...(this.version !== undefined && { version: this.version }),
      time_extracted: time,
    };
  }

  /** Whether no record of an object was made. */
  get isEmpty(): boolean {
    return this.#present === 0;
  }

  /** How many records were made since this was last called. */
  takeCount(): number {
    const records = this.#present + this.#deleted;
    const count = records - this.#measured;
    this.#measured = records;
    return count;
  }

  logCounts(): void {
    this.#log.info(`${counted(this.#present, "record")} and ${counted(this.#deleted, "deletion")}`);
  }

  #selected({ _meta, ...doc }: Document): JsonObject {
    const { projection } = this.#stream;
    const record: JsonObject = {};
    for (const [field, value] of Object.entries(doc)) {
      const inner = projection?.inner.get(field);
      if (field === DELETED_AT) this.#warnOfReplaced(field);
      else if (this.#fields.has(field)) record[field] = inner ? projectValue(value, inner) : value;
      else if (!projection?.dropped.has(field)) this.#warnOfUnknown(field);
    }
    return record;
  }

  #warnOfReplaced(field: string): void {
    if (this.#unknown.has(field)) return;
    this.#unknown.add(field);
    this.#log.warn(
      `Aircall has a field "${field}" of its own, which is left out: it says when a row was deleted`,
    );
  }

  /** A loader has no column for what the schema does not name; some fail at it. */
  #warnOfUnknown(field: string): void {
    if (this.#unknown.has(field)) return;
    this.#unknown.add(field);
    this.#log.warn(`the field "${field}" is new at Aircall and not in the catalog, so it is left out`);
  }
}
