import type { JsonObject } from "../shared/json.ts";
import type { Document } from "./messages.ts";

/**
 * The contract between a stream and the engine.
 *
 * A stream is a generator of steps that goes on for as long as the account does. The engine pulls
 * one step at a time, and pulls no further while the reader of the output is busy.
 *
 * What a stream promises:
 * - A document is yielded before the checkpoint that covers it. Documents that no checkpoint
 *   follows count as never captured: after a failure or a restart they are yielded again.
 * - A checkpoint is true when it is yielded: a stream that is started from the state which it
 *   leads to misses nothing. It holds values (instants, ids, digests) and never a position in a list.
 * - Between two checkpoints lie no more documents than fit easily in memory.
 * - A rest follows a checkpoint, or a pass that found nothing. It says that there is nothing to do
 *   until an instant; a session that makes one pass is over for this stream at its first rest.
 * - A failure is thrown as a `ConnectorError`; anything else that is thrown is a defect.
 * - Its requests end when the signal is aborted; what they throw then, it throws.
 *
 * What the engine promises: the state is the merge of all checkpoints that this stream has ever
 * yielded under its state key, or `{}`; it may also be something that an older version left
 * there, which the stream must tolerate.
 */
export interface Stream {
  readonly name: string;
  /** JSON pointers of the fields that every document of the stream holds, never null. */
  readonly key: readonly string[];
  run(state: JsonObject, signal: AbortSignal): AsyncIterable<Step>;
}

export type Step = DocumentsStep | CheckpointStep | ProgressStep | RestStep;

/** What a page has brought, in one step, since each step passes through several generators. One without a document is none. */
export interface DocumentsStep {
  readonly kind: "documents";
  readonly docs: readonly Document[];
}

/** `patch` is merged into the stream's own state by RFC 7396: a null deletes, an object merges. */
export interface CheckpointStep {
  readonly kind: "checkpoint";
  readonly patch: JsonObject;
}

/** How far a backfill has come, for whoever waits for it. It captures nothing. */
export interface ProgressStep {
  readonly kind: "progress";
  readonly doneRows: number;
  /** As the source counts them at the moment. */
  readonly leftRows: number;
}

export interface RestStep {
  readonly kind: "rest";
  /** Milliseconds since the Unix epoch. */
  readonly untilMs: number;
}
