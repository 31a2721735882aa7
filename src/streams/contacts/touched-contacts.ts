import type { Step } from "../../engine/index.ts";
import type { UnnamedEvent } from "../aircall-event.ts";
import { SingleReads } from "../single-reads.ts";
import { hasPassed } from "../source.ts";
import { idIn, type TouchedObject } from "../touched.ts";
import { type IncrementalResult, incrementalRead } from "./incremental-read.ts";
import type { ContactsRun } from "./run.ts";
import { captureById } from "./single-contact.ts";

/** The hint of a contact that is said to be deleted. */
const DELETED = 1;

export function touchedContact({ event, data }: UnnamedEvent): TouchedObject | undefined {
  const id = event.startsWith("contact.") ? idIn(data.id) : undefined;
  const isDeleted = event === "contact.deleted";
  return id === undefined ? undefined : { id, hint: isDeleted ? DELETED : 0, isPolled: !isDeleted };
}

/** Reads the changes when that is due or events have named contacts, as also while something else takes long. */
export async function* incrementalReadIfDue(run: ContactsRun): AsyncGenerator<Step, IncrementalResult> {
  const { source, incrementalReadMs } = run;
  if (source.touched?.isDue) return yield* readTouched(run);
  if (!hasPassed(source.intervalMs, incrementalReadMs, source)) return "covered";
  return yield* incrementalRead(run);
}

/** The incremental read captures what was created or edited. Only its ID shows that a contact is deleted. */
async function* readTouched(run: ContactsRun): AsyncGenerator<Step, IncrementalResult> {
  const batch = run.source.touched?.take();
  const result = yield* incrementalRead(run, "event");
  const api = run.source.api.for("deleted contact", "event");
  const reads = new SingleReads(api, run.source.log, { isReadAgain: true });
  const unanswered = new Set<number>();
  for (const { id, hint } of batch?.objects ?? [])
    if (hint === DELETED && !(yield* captureById(id, reads, run))) unanswered.add(id);
  if (batch) yield { kind: "checkpoint", patch: {}, committed: () => batch.read(unanswered) };
  return result;
}
