import type { Step } from "../../engine/index.ts";
import type { StreamDefinition } from "../definition.ts";
import { probeList } from "../probe.ts";
import { forget, isDailyDue, MINUTE_MS, restUntilDue } from "../source.ts";
import { fullScan } from "./full-scan.ts";
import { incrementalRead } from "./incremental-read.ts";
import { CONTACTS, type LatestChange, latestChange } from "./list.ts";
import { BEGINNING, hasBegun, readState } from "./progress.ts";
import { ContactsRun } from "./run.ts";
import { contactSchema } from "./schema.ts";
import { incrementalReadIfDue, touchedContact } from "./touched-contacts.ts";

/**
 * Shared contacts: all of them once, by creation, and then the changes, from the latest down to the
 * watermark. A full scan once a day finds deletions, and changes that moved no time of change.
 * Source: https://developer.aircall.io/api-references/#list-all-contacts
 */
export const contacts: StreamDefinition = {
  name: "contacts",
  keyField: "id",
  newestBy: "updated_at",
  intervalMs: 5 * MINUTE_MS,
  documentSchema: contactSchema,
  probe: (reader) => probeList(reader, CONTACTS),
  touchedBy: touchedContact,
  canResumeFrom: (state) => readState(state) !== undefined,
  async *run(source, state) {
    const kept = readState(state);
    if (!kept) yield* forget(state);
    const run = new ContactsRun(source, kept ?? BEGINNING);
    if (hasBegun(run.progress)) yield* incrementalRead(run);
    while (true) {
      yield* fullScanIfDue(run);
      yield* restUntilDue(run.incrementalReadMs, source.intervalMs, source);
      yield* incrementalReadIfDue(run);
    }
  },
};

async function* fullScanIfDue(run: ContactsRun): AsyncGenerator<Step> {
  if (isFullScanDue(run)) yield* run.beginFullScan(await latestKnownChange(run));
  while (run.progress.backfill) {
    yield* fullScan(run.progress.backfill, run);
    yield* incrementalRead(run);
  }
}

/** The incremental read that has just ended left the watermark at the latest change; only a binding that begins has to ask. */
async function latestKnownChange({ progress, source, total }: ContactsRun): Promise<LatestChange> {
  return hasBegun(progress) ? { seconds: progress.watermark, total } : await latestChange(source);
}

/** Once a day, since a full scan costs a request for each 50 contacts. */
function isFullScanDue({ source, progress: { backfill, backfilledAt = 0 } }: ContactsRun): boolean {
  return !backfill && isDailyDue(backfilledAt, source);
}
