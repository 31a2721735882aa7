import type { AircallReader, Priority } from "../../aircall/index.ts";
import type { Document, Step } from "../../engine/index.ts";
import { ListTooLong } from "../../errors.ts";
import type { Json } from "../../shared/json.ts";
import { digest } from "../digest.ts";
import { wellFormedDocuments } from "../rows.ts";
import { nowSeconds, type Source } from "../source.ts";
import { instantOf } from "../values.ts";
import { CONTACTS, LATEST_CHANGE_FIRST, LATEST_CREATION_FIRST } from "./list.ts";
import { watermarkMoved } from "./progress.ts";
import type { ContactsRun } from "./run.ts";
import { CONTACT_NEEDS, type ContactRow } from "./schema.ts";

/** A change may show in the list a little later than one that was made after it. */
const LATE_SECONDS = 60;

/**
 * `covered`: every change up to the new watermark has been captured, or is left to the full scan under way.
 * `full scan begun`: more had changed than the API serves, so a full scan has begun that covers it. It
 * takes the place of one that was under way.
 */
export type IncrementalResult = "covered" | "full scan begun";

/**
 * Captures the changes since shortly before the watermark, from the latest down, and then moves the
 * watermark, unless a change may have been missed.
 */
export async function* incrementalRead(
  run: ContactsRun,
  priority: Priority = "snapshot",
): AsyncGenerator<Step, IncrementalResult> {
  run.beginIncrementalRead();
  const versions = new Map<number, ContactVersion>();
  let isSteady = true;
  try {
    for await (const page of changesSince(run.progress.watermark - LATE_SECONDS, priority, run.source)) {
      isSteady = page.isSteady;
      run.noteTotal(page.total);
      yield* captureChanges(page.contacts, versions, run);
    }
  } catch (error) {
    if (!(error instanceof ListTooLong)) throw error;
    markAll(versions, run);
    return yield* leaveToFullScan(versions, run);
  }
  markAll(versions, run);
  if (!run.progress.backfill && run.isBehindTotal) yield* captureNewest(run);
  yield* moveWatermark(versions, isSteady, run);
  return "covered";
}

interface ContactVersion {
  /** `undefined` when the contact has no time of change. */
  readonly updatedAt: number | undefined;
  readonly version: string;
}

interface ChangedContact {
  readonly contact: Document & ContactRow;
  readonly updatedAt: number | undefined;
}

/**
 * The contacts from the latest change down to an instant, a page at a time. A contact that is added or
 * edited meanwhile comes in at the front and pushes the others on, to be met again. Only one that is
 * deleted pulls the others back across the border of two pages, unread. So the read is not steady once
 * the total of a page is less than that of the page before it, or there is no total to compare. A contact
 * without a time of change is included on whatever page it is.
 */
async function* changesSince(
  sinceSeconds: number,
  priority: Priority,
  source: Source,
): AsyncGenerator<{ contacts: ChangedContact[]; isSteady: boolean; total: number | undefined }> {
  const reader = source.api.for("incremental read", priority);
  let previousTotal = 0;
  let isSteady = true;
  for await (const page of reader.pages(CONTACTS, LATEST_CHANGE_FIRST)) {
    const { total } = page;
    if (page.number > 1 && (total ?? -1) < previousTotal) isSteady = false;
    previousTotal = total ?? 0;
    const contacts = changedContacts(page.rows, source);
    const since = contacts.filter(({ updatedAt = Infinity }) => updatedAt >= sinceSeconds);
    yield { contacts: since, isSteady, total };
    const changes = contacts.map(({ updatedAt }) => updatedAt).filter((updatedAt) => updatedAt !== undefined);
    if (!isDescending(changes)) reportDisorder(reader);
    else if ((changes.at(-1) ?? Infinity) < sinceSeconds) return;
  }
}

function isDescending(instants: readonly number[]): boolean {
  return instants.every((instant, index) => index === 0 || instant <= (instants[index - 1] ?? Infinity));
}

function reportDisorder(reader: AircallReader): void {
  reader.report(
    "order of changed contacts",
    "Aircall lists contacts in another order than that of their changes. Nothing is left out: the list is read on instead of down to the latest known change, which takes more requests.",
  );
}

function changedContacts(rows: readonly Json[], source: Source): ChangedContact[] {
  return wellFormedDocuments(rows, CONTACT_NEEDS, source).map((contact) => ({
    contact,
    updatedAt: instantOf(contact.updated_at, nowSeconds(source)),
  }));
}

/**
 * Aircall counts more contacts than are known, so some have come that no time of change announces, such
 * as those of an import: captures the newest, down to a page of known ones.
 */
async function* captureNewest(run: ContactsRun): AsyncGenerator<Step> {
  const reader = run.source.api.for("new contacts", "snapshot");
  for await (const { rows } of reader.pages(CONTACTS, LATEST_CREATION_FIRST)) {
    const contacts = changedContacts(rows, run.source).filter(({ contact }) => !run.isKnown(contact.id));
    if (contacts.length === 0) return;
    yield* captureChanges(contacts, new Map(), run);
  }
}

function* captureChanges(
  contacts: readonly ChangedContact[],
  versions: Map<number, ContactVersion>,
  run: ContactsRun,
): Generator<Step> {
  const changed: Document[] = [];
  for (const { contact, updatedAt } of contacts) {
    const version = digest(contact);
    versions.set(contact.id, { updatedAt, version });
    if (run.changed(contact, version)) {
      changed.push(contact);
      run.readMeanwhile.note(contact.id, nowSeconds(run.source));
    }
    run.note(contact.id, version);
  }
  if (changed.length === 0) return;
  yield { kind: "documents", docs: changed };
  yield* run.checkpoint();
}

/** At the end of a read and not at each page, since each mark that differs puts its bucket of IDs into the patch. */
function markAll(versions: ReadonlyMap<number, ContactVersion>, run: ContactsRun): void {
  for (const [id, { version }] of versions) run.mark(id, version);
}

/**
 * Moves the watermark to the latest change that is not ahead of our clock. A change that is ahead, as a
 * wrong clock leaves it, would hide the changes until then; its version stays known by its digest.
 */
function* moveWatermark(
  versions: ReadonlyMap<number, ContactVersion>,
  isSteady: boolean,
  run: ContactsRun,
): Generator<Step> {
  const now = nowSeconds(run.source);
  const changes = [...versions.values()].map(({ updatedAt = -Infinity }) => updatedAt);
  const watermark = Math.max(run.progress.watermark, ...changes.filter((seconds) => seconds <= now));
  const newest = [...versions].filter(([, { updatedAt = -Infinity }]) => updatedAt >= watermark);
  const atWatermark = Object.fromEntries(newest.map(([id, { version }]) => [id, version]));
  if (isSteady) yield* run.checkpointIfNeeded(watermarkMoved(run.progress, watermark, atWatermark));
  else yield* run.checkpointIfNeeded();
}

/**
 * More contacts than the API serves may have changed in the watermark's own second, or have no time of
 * change. The full scan that began with this watermark has captured those, so another would find nothing
 * before the next day.
 */
function* leaveToFullScan(
  versions: ReadonlyMap<number, ContactVersion>,
  run: ContactsRun,
): Generator<Step, IncrementalResult> {
  const changes = [...versions.values()].map(({ updatedAt = -Infinity }) => updatedAt);
  const latestSeconds = Math.max(...changes);
  if (latestSeconds > run.progress.watermark) {
    yield* run.beginFullScan({ seconds: latestSeconds, total: run.total });
    return "full scan begun";
  }
  yield* run.checkpointIfNeeded();
  return "covered";
}
