import type { CheckpointStep, Step } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { digest } from "../digest.ts";
import { deletionDocument, presentDocument } from "../document.ts";
import { KnownIds, markOf, type PackedIds } from "../known-ids.ts";
import type { Source } from "../source.ts";

/** State holds at most so much of the calls whose insight was captured: 200,000 to 400,000 calls. */
const MOST_KNOWN_BYTES = 2 * 2 ** 20;

/** The insights that were captured, as far as their calls are asked again. */
export class CapturedInsights {
  readonly #known: KnownIds;
  readonly #source: Source;
  #hasReportedFullState = false;

  constructor(known: PackedIds, source: Source) {
    this.#known = new KnownIds(known);
    this.#source = source;
  }

  has(callId: number): boolean {
    return this.#known.has(callId);
  }

  /** The document of an insight that is not the one captured last, and a checkpoint. */
  *capture(
    callId: number,
    insight: JsonObject,
    { isAskedAgain, patch = {} }: { readonly isAskedAgain: boolean; readonly patch?: JsonObject },
  ): Generator<Step> {
    const document = presentDocument(insight, this.#source.secretFields);
    const mark = markOf(digest(insight));
    const isChanged = this.#known.mark(callId) !== mark;
    if (isChanged) yield { kind: "documents", docs: [document] };
    if (isChanged && isAskedAgain) this.#known.set(callId, mark);
    if (isChanged || Object.keys(patch).length > 0) yield this.checkpoint(patch);
  }

  *delete(callId: number, patch: JsonObject): Generator<Step> {
    this.#known.delete(callId);
    yield { kind: "documents", docs: [deletionDocument("call_id", callId)] };
    yield this.checkpoint(patch);
  }

  /** The calls are not asked again. */
  forget(callIds: Iterable<number>): void {
    for (const id of callIds) this.#known.delete(id);
  }

  /** A checkpoint with a patch of the state and what has been captured since the last one. */
  checkpoint(patch: JsonObject): CheckpointStep {
    if (this.#known.deleteSmallest(MOST_KNOWN_BYTES)) this.#reportFullState();
    const known = this.#known.hasChanges ? { known: this.#known.takeChanges() } : {};
    return { kind: "checkpoint", patch: { ...patch, ...known } };
  }

  #reportFullState(): void {
    if (this.#hasReportedFullState) return;
    this.#hasReportedFullState = true;
    this.#source.log.warn(
      `There are more insights within the re-read ages than the state keeps, which is ${MOST_KNOWN_BYTES / 2 ** 20} MiB: those of the earliest calls are captured again when they are read again. Smaller ages in advanced.reread_insights_after avoid that.`,
    );
  }
}
