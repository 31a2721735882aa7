import type { Json, JsonObject } from "../shared/json.ts";

/**
 * A document of a collection: the object as the source gives it, plus `_meta.op`.
 * `u` is a present object; `d` is a deletion and carries the collection key and `_meta` only.
 */
export type Document = { [field: string]: Json } & { _meta: { op: "u" | "d" } };

/**
 * What a capture session says, in the words of the Flow capture protocol. `binding` is the index
 * of the binding in the session's request. A checkpoint covers every document before it, of any
 * binding; its patch is merged into the connector state by RFC 7396.
 */
export type CaptureMessage = Captured | Checkpoint;

export interface Captured {
  captured: { binding: number; doc: Document };
}

export interface Checkpoint {
  checkpoint: { state: { updated: JsonObject; mergePatch: true } };
}
