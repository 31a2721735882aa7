import { itemOf } from "../../aircall/index.ts";
import type { Document, Step } from "../../engine/index.ts";
import type { Json, JsonObject } from "../../shared/json.ts";
import { wellFormedDocuments } from "../rows.ts";
import type { SingleReads } from "../single-reads.ts";
import { nowSeconds, type Source } from "../source.ts";
import { CALLS, type CallRow, callNeeds } from "./list.ts";

export type Call = Document & CallRow;

/**
 * Why calls are read: `tail`, those of the last half hour, at each poll; `open`, an older call that may
 * still change by itself; `reread`, calls that have come to an age of the re-read schedule; `history`,
 * the calls from before the binding began; `touched`, older calls that events have named; `spare`, calls
 * between the ages, with requests that nothing else needs.
 */
export type CallPurpose = "tail" | "open" | "reread" | "history" | "touched" | "spare";

/** Calls that were read together. A call at the seam of two re-reads of one age is in both batches. */
export interface CallBatch {
  readonly kind: "calls";
  readonly purpose: CallPurpose;
  readonly calls: readonly Call[];
  /** The present by which the batch was read; Unix seconds. */
  readonly nowSeconds: number;
  /**
   * The merge patch of the schedule's state after the batch, true once all of its calls have been dealt
   * with. The next checkpoint after that must hold it; it is empty where the schedule has not moved.
   */
  readonly patch: JsonObject;
}

export type ScheduleStep = CallBatch | Exclude<Step, { readonly kind: "documents" }>;

/** The calls of a page. Rows that are malformed are reported. */
export function callsOf(rows: readonly Json[], source: Source): Call[] {
  return wellFormedDocuments(rows, callNeeds(nowSeconds(source)), source);
}

/** A call by its ID; `unknown` when Aircall does not know it, and `unanswered` when Aircall does not answer for it. */
export async function findCall(
  id: number,
  reads: SingleReads,
  source: Source,
): Promise<Call | "unknown" | "unanswered"> {
  const answer = await reads.find(itemOf(CALLS, id, "call"));
  if (typeof answer === "string") return answer;
  return callsOf([answer.call ?? null], source).find((call) => call.id === id) ?? "unknown";
}
