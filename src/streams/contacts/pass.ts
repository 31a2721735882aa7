import { itemOf } from "../../aircall/index.ts";
import type { Document, Step } from "../../engine/index.ts";
import { isJsonObject, type Json } from "../../shared/json.ts";
import { digest } from "../digest.ts";
import { deletionDocument } from "../document.ts";
import { wellFormedDocuments } from "../rows.ts";
import { SingleReads } from "../single-reads.ts";
import { nowSeconds, type Source } from "../source.ts";
import { instantOf } from "../values.ts";
import { PAGES_AHEAD, readWindow, type TimedList } from "../window.ts";
import type { ContactCursors, FullPass } from "./cursors.ts";
import type { KnownIds } from "./known-ids.ts";
import { CONTACT_NEEDS, type ContactRow } from "./schema.ts";
import { CONTACTS, walkIfDue } from "./walk.ts";

/**
 * Goes on with a pass over all contacts: what is new or has changed is captured, and so is what has
 * been deleted, if this run has seen the pass from its beginning to its end. Looks for the latest
 * changes in between, as often as it is due. It ends early when so much has changed that another
 * pass has been begun.
 */
export async function* fullPass(cursors: ContactCursors, source: Source): AsyncGenerator<Step> {
  const pass = cursors.fullPass;
  if (!pass) return;
  yield* readAll(pass, cursors, source);
  if (cursors.fullPass === pass && cursors.seen) yield* captureDeletions(pass, cursors.seen, cursors, source);
  if (cursors.fullPass === pass) yield* cursors.endFullPass();
}

async function* readAll(pass: FullPass, cursors: ContactCursors, source: Source): AsyncGenerator<Step> {
  let doneRows = 0;
  for await (const page of readWindow(contactList(source), pass.after, pass.until)) {
    const atWatermark: Record<string, string> = {};
    const contacts = wellFormedDocuments(page.rows, CONTACT_NEEDS, source);
    if (contacts.length < page.rows.length) cursors.distrustFullPass();
    const news = contacts.filter((contact) => {
      const version = digest(contact);
      if (contact.updated_at === cursors.watermark) atWatermark[contact.id] = version;
      return isToBeCaptured(contact, version, cursors, source);
    });
    yield { kind: "documents", docs: news };
    pass.after = page.throughSeconds;
    Object.assign(cursors.atWatermark, atWatermark);
    yield* cursors.checkpoint({ backfill: { after: page.throughSeconds }, atWatermark });
    doneRows += page.rows.length;
    yield { kind: "progress", doneRows, leftRows: page.rowsLeft };
    yield* walkIfDue(cursors, source);
    if (cursors.fullPass !== pass) return;
  }
}

/** The API's window of contacts is `[from, to]` on `created_at`. Seen on a live account. */
function contactList(source: Source): TimedList {
  const reader = source.api.for("full pass", "backfill");
  return {
    name: "contacts",
    // A contact keeps its creation: it may vanish from the list, and new ones come at the end.
    quietThroughSeconds: Infinity,
    pages: (afterSeconds, throughSeconds) =>
      reader.pages(CONTACTS, { from: afterSeconds + 1, to: throughSeconds, order: "asc" }, PAGES_AHEAD),
    secondsOf: (row) => (isJsonObject(row) ? instantOf(row.created_at, nowSeconds(source)) : undefined),
  };
}

/** Whether the version is news; with `full_refresh` every contact is captured again. The contact is known from here on. */
function isToBeCaptured(
  contact: Document & ContactRow,
  version: string,
  cursors: ContactCursors,
  { syncMode }: Source,
): boolean {
  const isNews = cursors.isNews(contact, version);
  cursors.markKnown(contact.id, version);
  return isNews || syncMode === "full_refresh";
}

/**
 * What is known and was not seen is asked for by its ID, since a list that moves while it is read can
 * miss a contact that lives. It is deleted if Aircall does not know it.
 */
async function* captureDeletions(
  pass: FullPass,
  seen: KnownIds,
  cursors: ContactCursors,
  source: Source,
): AsyncGenerator<Step> {
  const reads = new SingleReads(source.api.for("missing contact", "backfill"), source.log);
  for (const id of cursors.known.missingFrom(seen)) {
    const answer = await reads.find(itemOf(CONTACTS, id, "contact"));
    if (answer === "unknown") {
      cursors.known.delete(id);
      yield { kind: "documents", docs: [deletionDocument("id", id)] };
    } else if (answer !== "unanswered") {
      yield { kind: "documents", docs: newsOfLiving(id, answer.contact ?? null, cursors, source) };
    }
    yield* cursors.checkpointIfNeeded({});
    yield* walkIfDue(cursors, source);
    if (cursors.fullPass !== pass) return;
  }
}

/** What is answered is there, even where it cannot be used or is another contact than the one asked for. */
function newsOfLiving(id: number, row: Json, cursors: ContactCursors, source: Source): Document[] {
  const contacts = wellFormedDocuments([row], CONTACT_NEEDS, source);
  return contacts.filter(
    (contact) => contact.id === id && isToBeCaptured(contact, digest(contact), cursors, source),
  );
}
