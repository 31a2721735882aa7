import type { Json, JsonObject } from "../shared/json.ts";

/**
 * A document of a collection: the object as the source returns it, plus `_meta.op`. `u` marks an
 * object that exists. `d` marks a deletion, which contains only the collection key and `_meta`.
 */
export type Document = { [field: string]: Json } & { _meta: { op: "u" | "d" } };

/**
 * What one binding captured between two of its checkpoints. A block is atomic: either all of its
 * documents and its patch become durable, or none of them counts as captured.
 */
export interface Block {
  /** The binding's index in the session. */
  readonly binding: number;
  /** The name of the binding's state within the connector state. */
  readonly stateKey: string;
  /** In capture order: a later document with the same key replaces an earlier one. */
  readonly documents: readonly Document[];
  /** A merge patch (RFC 7396) of the binding's own state. It is true once the documents are durable. */
  readonly patch: JsonObject;
  /**
   * The code that makes the block durable MUST call this once, afterwards, and in the order of the
   * binding's blocks. A block that is never committed counts as not captured.
   */
  readonly committed: () => void;
}
