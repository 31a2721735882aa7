import type { JsonObject } from "../shared/json.ts";
import type { Document } from "./block.ts";
import type { Touch } from "./touch.ts";

/**
 * The contract between a stream and the engine.
 *
 * A stream is a generator of steps that runs for as long as the session does. The engine pulls one
 * step at a time, and pulls no further while the output is busy.
 *
 * A stream:
 * - MUST yield a document before the checkpoint that covers it. Documents that no checkpoint
 *   follows were never captured: after a failure or a restart the stream yields them again.
 * - MUST yield only true checkpoints: a stream that is started from the state to which a checkpoint
 *   leads misses nothing. State holds values (instants, IDs, digests), never a position in a list.
 * - MUST NOT yield more documents between two checkpoints than fit in memory easily.
 * - MUST yield a checkpoint after its last document before it rests. A rest says that there is
 *   nothing to do until an instant. A session of one pass ends a binding at its first rest.
 * - MUST NOT take the resumption of its generator for a commit. Resuming after a checkpoint means
 *   that the engine has taken the block and wants the next one. The checkpoint's `committed` is
 *   called when the block is durable; it may be called while the stream works on later blocks, and
 *   is never called when the session ends first.
 * - MUST end its requests and waits when the signal is aborted, by throwing the signal's reason.
 * - MUST throw a `ConnectorError` for a failure it expects; anything else that it throws is a defect.
 * - MAY hold resources in `try … finally`: the engine closes the generator of every stream when the
 *   session ends, in whatever way it ends.
 *
 * The engine starts `run` with the merge of all patches that the stream has ever yielded under its
 * state key, or with `{}`. The state may also be one that an older version left, which the stream
 * must tolerate. After a failure the engine calls `run` again with the state of the last checkpoint.
 */
export interface Stream {
  readonly name: string;
  /** JSON pointers of the fields that every document of the stream holds, never null. */
  readonly key: readonly string[];
  run(state: JsonObject, signal: AbortSignal): AsyncIterable<Step>;
}

export type Step = DocumentsStep | CheckpointStep | ProgressStep | RestStep;

/** All documents of one page: a step for each document was measurably slower. An empty step is ignored. */
export interface DocumentsStep {
  readonly kind: "documents";
  readonly docs: readonly Document[];
}

export interface CheckpointStep {
  readonly kind: "checkpoint";
  /** Merged into the stream's own state by RFC 7396: a null deletes, an object merges. */
  readonly patch: JsonObject;
  /** Called once, when the block that this checkpoint completes is durable. */
  readonly committed?: () => void;
}

/** How far a backfill has come. It is reported to the user and captures nothing. */
export interface ProgressStep {
  readonly kind: "progress";
  readonly doneRows: number;
  /** As the source counts them at the moment. */
  readonly leftRows: number;
}

/** Ends at an instant, or earlier when the stream is touched. */
export interface RestStep {
  readonly kind: "rest";
  /** Milliseconds since the Unix epoch. */
  readonly untilMs: number;
  /** What ends the rest early; without it only the clock does. */
  readonly touch?: Touch;
}
