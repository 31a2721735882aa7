import type { JsonObject } from "../shared/json.ts";
import type { Document } from "./block.ts";
import type { Touch } from "./touch.ts";

/**
 * The contract between a stream and the engine.
 *
 * A stream is a generator of steps that runs for as long as the session does. The engine pulls one
 * step at a time, and pulls no further while the reader of the blocks is busy.
 *
 * A stream:
 * - MUST yield a document before the checkpoint that covers it. Documents that no checkpoint
 *   follows were never captured: after a failure or a restart the stream yields them again.
 * - MUST yield only true checkpoints: a stream that starts from the state of a checkpoint misses
 *   nothing. State holds values (instants, IDs, digests), never a position in a list.
 * - MUST NOT yield more documents between two checkpoints than comfortably fit in memory.
 * - MUST yield a checkpoint between its last document and a rest. A rest means that there is nothing
 *   to do until an instant. A session of one pass ends a binding at its first rest.
 * - MUST NOT treat the resumption of its generator as a commit. Resumption after a checkpoint means
 *   that the engine has taken the block and wants the next one. The checkpoint's `committed` is
 *   called when the block is durable. That may happen while the stream works on later blocks, and
 *   never happens if the session ends first.
 * - MUST end its requests and waits when the signal is aborted, by throwing the signal's reason.
 * - MUST throw a `ConnectorError` for a failure that it expects. Anything else it throws is a defect.
 * - MAY release resources in `finally`: the engine closes the generator of every stream when the
 *   session ends, however it ends.
 *
 * The engine calls `run` with the merge of all patches that the stream has ever yielded under its
 * state key, or with `{}`. The stream MUST tolerate state that another version has written. After a
 * failure the engine calls `run` again, with the state of the last checkpoint.
 */
export interface Stream {
  readonly name: string;
  /** JSON pointers of the fields that identify a document. Every document has them, and none is null. */
  readonly key: readonly string[];
  run(state: JsonObject, signal: AbortSignal): AsyncIterable<Step>;
}

export type Step = DocumentsStep | CheckpointStep | ProgressStep | RestStep;

/** All documents of one page: a step per document was measurably slower. A step without documents is ignored. */
export interface DocumentsStep {
  readonly kind: "documents";
  readonly docs: readonly Document[];
}

export interface CheckpointStep {
  readonly kind: "checkpoint";
  /** A merge patch (RFC 7396) of the stream's own state: null deletes, an object merges. */
  readonly patch: JsonObject;
  /** Called once, after the block that this checkpoint completes has become durable. */
  readonly committed?: () => void;
}

/** Reports how far a backfill has come. It captures nothing. */
export interface ProgressStep {
  readonly kind: "progress";
  readonly doneRows: number;
  /** By the current count of the source. */
  readonly leftRows: number;
}

/** Nothing to do until an instant, or until the stream is touched. */
export interface RestStep {
  readonly kind: "rest";
  /** Milliseconds since the Unix epoch. */
  readonly untilMs: number;
  /** Can end the rest early. Without it, only the clock ends the rest. */
  readonly touch?: Touch;
}
