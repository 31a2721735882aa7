import type { Endpoint } from "../aircall/index.ts";
import type { Step } from "../engine/index.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Source, SyncMode } from "./source.ts";

/** Everything that the connector has to know of a stream. One file in this folder makes one. */
export interface StreamDefinition {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** The field that identifies a document. */
  readonly keyField: string;
  /** The mode that discovery proposes. */
  readonly syncMode: SyncMode;
  /** How long a binding rests between two passes, unless its resource config says otherwise. */
  readonly intervalMs: number;
  /** Open JSON Schema of the documents: nothing but the key is required, every other field may be null. */
  readonly documentSchema: JsonObject;
  /** Keeps the contract of the engine's `Stream`. */
  run(source: Source, state: JsonObject): AsyncIterable<Step>;
}
