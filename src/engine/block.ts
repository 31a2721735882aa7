import type { Json, JsonObject } from "../shared/json.ts";

/**
 * A document of a collection: the object as the source returns it, plus `_meta.op`.
 * `u` is a present object; `d` is a deletion and carries the collection key and `_meta` only.
 */
export type Document = { [field: string]: Json } & { _meta: { op: "u" | "d" } };

/**
 * What one binding captured up to one of its checkpoints. A block is atomic: either all of its
 * documents and its patch become durable, or none of them counts as captured.
 */
export interface Block {
  /** The index of the binding in the session. */
  readonly binding: number;
  /** In the order in which they were captured; a later document of a key replaces an earlier one. */
  readonly documents: readonly Document[];
  /** A merge patch (RFC 7396) of the binding's own state, true once the documents are durable. */
  readonly patch: JsonObject;
  /**
   * To be called once, by the code that made the block durable, after it did. Blocks of a binding
   * are to be committed in their order. A block that is never committed was not captured.
   */
  readonly committed: () => void;
}
