import { itemOf } from "../../aircall/index.ts";
import type { Document, Step } from "../../engine/index.ts";
import type { Json } from "../../shared/json.ts";
import { digest } from "../digest.ts";
import { deletionDocument } from "../document.ts";
import { listedShort, wellFormedDocuments } from "../rows.ts";
import { SingleReads } from "../single-reads.ts";
import { withinReach } from "../timed-list.ts";
import { readWindow } from "../window.ts";
import { incrementalReadIfDue } from "./incremental-read.ts";
import { CONTACTS, contactList, EARLIEST_CREATION_FIRST, LATEST_CREATION_FIRST } from "./list.ts";
import { type FullScan, scannedThrough } from "./progress.ts";
import type { ContactsRun } from "./run.ts";
import { CONTACT_NEEDS, type ContactRow } from "./schema.ts";

/** `superseded`: an incremental read has begun another full scan in place of this one. */
type ScanResult = "done" | "superseded";

/**
 * Goes on with the full scan: captures each contact that is new or has changed, and each deletion, if this
 * run has seen the scan from its beginning to its end. Reads the changes in between whenever that is
 * due. Ends early when that begins another full scan. Throws `UnexpectedAnswer`, after all that could be
 * read has been captured, when Aircall counts more contacts than it lists.
 */
export async function* fullScan(scan: FullScan, run: ContactsRun): AsyncGenerator<Step> {
  if ((yield* scanContacts(scan, run)) === "superseded") return;
  for (const order of [LATEST_CREATION_FIRST, EARLIEST_CREATION_FIRST]) {
    if (run.isScanShort && (yield* captureUnscanned(order, run)) === "superseded") return;
  }
  const short = run.isScanShort ? listedShort("contacts", run.scannedCount, run.total) : undefined;
  if (!short && (yield* captureDeletions(run)) === "superseded") return;
  yield* run.endFullScan();
  if (short) throw short;
}

async function* scanContacts({ after, until }: FullScan, run: ContactsRun): AsyncGenerator<Step, ScanResult> {
  let doneRows = 0;
  for await (const page of readWindow(contactList(run.source), after, until)) {
    yield* capturePage(page.rows, page.throughSeconds, run);
    doneRows += page.rows.length;
    yield { kind: "progress", doneRows, leftRows: page.rowsLeft };
    if ((yield* incrementalReadIfDue(run)) === "full scan begun") return "superseded";
  }
  return "done";
}

function* capturePage(rows: readonly Json[], throughSeconds: number, run: ContactsRun): Generator<Step> {
  const contacts = scanned(rows, run);
  if (contacts.length < rows.length) run.noteSkipped();
  const newest = contacts.filter(({ contact }) => contact.updated_at === run.progress.watermark);
  const atWatermark = Object.fromEntries(newest.map(({ contact, version }) => [contact.id, version]));
  yield { kind: "documents", docs: takeChanged(contacts, run) };
  yield* run.checkpoint(scannedThrough(run.progress, throughSeconds, atWatermark));
}

/**
 * Reads the list without a window, in which a contact whose creation is no instant does not lie, until as
 * many contacts have been found as Aircall counts.
 */
async function* captureUnscanned(
  order: typeof LATEST_CREATION_FIRST,
  run: ContactsRun,
): AsyncGenerator<Step, ScanResult> {
  const reader = run.source.api.for("contacts missing from the full scan", "backfill");
  for await (const { rows, total } of withinReach(reader.pages(CONTACTS, order))) {
    run.noteTotal(total);
    const contacts = scanned(rows, run);
    if (contacts.length < rows.length) run.noteSkipped();
    const found = contacts.filter(({ contact }) => !run.isScanned(contact.id));
    yield { kind: "documents", docs: takeChanged(found, run) };
    yield* run.checkpointIfNeeded();
    if (!run.isScanShort) return "done";
    if ((yield* incrementalReadIfDue(run)) === "full scan begun") return "superseded";
  }
  return "done";
}

/**
 * Asks for each known contact that the scan has not seen by its ID, since a list that moves while it is
 * read can miss a contact that is there. Captures a deletion if Aircall does not know the ID.
 */
async function* captureDeletions(run: ContactsRun): AsyncGenerator<Step, ScanResult> {
  const reads = new SingleReads(run.source.api.for("missing contact", "backfill"), run.source.log);
  for (const id of run.missing()) {
    const answer = await reads.find(itemOf(CONTACTS, id, "contact"));
    if (answer === "unknown") {
      run.noteDeletion(id);
      yield { kind: "documents", docs: [deletionDocument("id", id)] };
    } else if (answer !== "unanswered") {
      // Any answer shows that the contact is there, even one that is malformed or has another ID.
      const found = scanned([answer.contact ?? null], run).filter(({ contact }) => contact.id === id);
      yield { kind: "documents", docs: takeChanged(found, run) };
    }
    yield* run.checkpointIfNeeded();
    if ((yield* incrementalReadIfDue(run)) === "full scan begun") return "superseded";
  }
  return "done";
}

interface ScannedContact {
  readonly contact: Document & ContactRow;
  readonly version: string;
}

function scanned(rows: readonly Json[], { source }: ContactsRun): ScannedContact[] {
  const contacts = wellFormedDocuments(rows, CONTACT_NEEDS, source);
  return contacts.map((contact) => ({ contact, version: digest(contact) }));
}

/** The contacts that have changed, or all with `full_refresh`. All are noted and marked with their version. */
function takeChanged(contacts: readonly ScannedContact[], run: ContactsRun): Document[] {
  const changed: Document[] = [];
  for (const { contact, version } of contacts) {
    if (run.source.syncMode === "full_refresh" || run.changed(contact, version)) changed.push(contact);
    run.note(contact.id, version);
    run.mark(contact.id, version);
  }
  return changed;
}
