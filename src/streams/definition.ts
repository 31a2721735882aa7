import type { AircallReader } from "../aircall/index.ts";
import type { Step } from "../engine/index.ts";
import type { JsonObject } from "../shared/json.ts";
import type { UnnamedEvent } from "./aircall-event.ts";
import type { Source } from "./source.ts";
import type { TouchedObject } from "./touched.ts";

/** Everything that the connector knows of a stream. Each is made by one file or folder beside this one. */
export interface StreamDefinition {
  readonly name: string;
  /** The field that identifies a document. */
  readonly keyField: string;
  /** Top-level fields that are left out of every document, because their values are secrets. */
  readonly secretFields?: readonly string[];
  /** Whether a capture has the stream only where it is asked for: without more than a plan of Aircall with an API, it has no rows. */
  readonly isOptional?: true;
  /** The events that keep the stream current, where it needs only some of a family. */
  readonly eventNames?: readonly string[];
  /** How long a binding rests between two passes, unless its resource config says otherwise. */
  readonly intervalMs: number;
  /** Open JSON Schema of the documents: nothing but the key is required, every other field may be null. */
  readonly documentSchema: JsonObject;
  /** The field that says how new a row is: Unix seconds, or ISO 8601 text. A stream whose rows have none lacks it. */
  readonly newestBy?: string;
  /** Whether a document is merged into the row of its key, so that a field that it lacks keeps its value. */
  readonly merges?: boolean;
  /**
   * Makes the requests that show whether the stream can be read. Resolves to the number of rows that it has, if the API
   * counts them. Throws what the reader throws. Makes none if the stream captures events.
   */
  probe(reader: AircallReader): Promise<number | undefined>;
  /** Whether a state that is not empty is one from which `run` goes on. From any other it begins afresh. */
  canResumeFrom(state: JsonObject): boolean;
  /** The object of the stream that an event names, if the stream is to read it anew. */
  touchedBy?(event: UnnamedEvent): TouchedObject | undefined;
  /**
   * Whether the stream captures the event itself. A stream that has this captures nothing but events: no list of
   * Aircall has its rows, and where no events are received it has none.
   */
  capturesEvent?(event: UnnamedEvent): boolean;
  /** Keeps the contract of the engine's `Stream`. */
  run(source: Source, state: JsonObject): AsyncIterable<Step>;
}
