import type { Step } from "../../engine/index.ts";
import { listedShort } from "../rows.ts";
import { SingleReads } from "../single-reads.ts";
import { nowSeconds } from "../source.ts";
import { type WindowPage, withinReach } from "../timed-list.ts";
import { readWindow } from "../window.ts";
import { CONTACTS, contactList, EARLIEST_CREATION_FIRST, LATEST_CREATION_FIRST } from "./list.ts";
import { type FullScan, scannedThrough } from "./progress.ts";
import type { ContactsRun } from "./run.ts";
import { captureById, scanned, takeChanged } from "./single-contact.ts";
import { incrementalReadIfDue } from "./touched-contacts.ts";

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
  run.readMeanwhile.clear();
  const sinceSeconds = nowSeconds(run.source);
  let doneRows = 0;
  for await (const page of readWindow(contactList(run.source), after, until)) {
    yield* capturePage(page, sinceSeconds, run);
    doneRows += page.rows.length;
    yield { kind: "progress", doneRows, leftRows: page.rowsLeft };
    if ((yield* incrementalReadIfDue(run)) === "full scan begun") return "superseded";
  }
  return "done";
}

/** Captures the contacts of a page that have not been read by themselves since the scan has gone on. */
function* capturePage(
  { rows, throughSeconds }: WindowPage,
  sinceSeconds: number,
  run: ContactsRun,
): Generator<Step> {
  const wellFormed = scanned(rows, run);
  if (wellFormed.length < rows.length) run.noteSkipped();
  const contacts = wellFormed.filter(({ contact }) => !run.readMeanwhile.has(contact.id, sinceSeconds));
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

/** Looks for each known contact that the scan has not seen, since a list that moves while it is read can miss one. */
async function* captureDeletions(run: ContactsRun): AsyncGenerator<Step, ScanResult> {
  const reads = new SingleReads(run.source.api.for("missing contact", "backfill"), run.source.log);
  for (const id of run.missing()) {
    yield* captureById(id, reads, run);
    if ((yield* incrementalReadIfDue(run)) === "full scan begun") return "superseded";
  }
  return "done";
}
