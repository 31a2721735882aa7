import type { Step } from "../../engine/index.ts";
import type { StreamDefinition } from "../definition.ts";
import { probeList } from "../probe.ts";
import { forget, isDailyDue, MINUTE_MS, restSince, type Source } from "../source.ts";
import { ContactCursors } from "./cursors.ts";
import { fullPass } from "./pass.ts";
import { contactSchema } from "./schema.ts";
import { CONTACTS, latestChange, walk } from "./walk.ts";

/**
 * Shared contacts: all of them once, by creation, and then what has changed, from the latest change
 * down to the watermark. A full pass once a day finds what has been deleted, and what has changed
 * without saying so. Source: https://developer.aircall.io/api-references/#list-all-contacts
 */
export const contacts: StreamDefinition = {
  name: "contacts",
  keyField: "id",
  syncMode: "incremental",
  intervalMs: 5 * MINUTE_MS,
  documentSchema: contactSchema,
  probe: (reader) => probeList(reader, CONTACTS),
  async *run(source, state) {
    const kept = ContactCursors.read(state, source);
    if (!kept) yield* forget(state);
    const cursors = kept ?? ContactCursors.beginning(source);
    if (!cursors.isBeginning) yield* walk(cursors, source);
    while (true) {
      yield* fullPassIfDue(cursors, source);
      yield restSince(cursors.walkedMs, source.intervalMs, source);
      yield* walk(cursors, source);
    }
  },
};

async function* fullPassIfDue(cursors: ContactCursors, source: Source): AsyncGenerator<Step> {
  if (isFullPassDue(cursors, source)) yield* cursors.beginFullPass(await latestChange(source));
  while (cursors.fullPass) {
    yield* fullPass(cursors, source);
    yield* walk(cursors, source);
  }
}

/** A pass takes a request for 50 contacts. */
function isFullPassDue({ fullPass, fullPassedAtSeconds = 0 }: ContactCursors, source: Source): boolean {
  return !fullPass && isDailyDue(fullPassedAtSeconds, source);
}
