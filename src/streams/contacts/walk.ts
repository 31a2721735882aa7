import type { Endpoint } from "../../aircall/index.ts";
import type { Document, Step } from "../../engine/index.ts";
import { ListTooLong } from "../../errors.ts";
import { isJsonObject } from "../../shared/json.ts";
import { digest } from "../digest.ts";
import { wellFormedDocuments } from "../rows.ts";
import { hasPassed, nowSeconds, type Source } from "../source.ts";
import { instantOf } from "../values.ts";
import type { ContactCursors } from "./cursors.ts";
import { CONTACT_NEEDS, type ContactRow } from "./schema.ts";

export const CONTACTS: Endpoint = { path: "/v1/contacts", bodyKey: "contacts", holds: "list" };

/** A change may show in the list a little later than one that was made after it. */
const LATE_SECONDS = 60;

const LATEST_FIRST = { order: "desc", order_by: "updated_at" };

/**
 * The instant of the latest change that Aircall lists, in Unix seconds; 0 when there are no contacts.
 * It says "now" by Aircall's own clock, so that no difference between two clocks loses a change; by ours
 * where no contact says when it was changed.
 */
export async function latestChange(source: Source): Promise<number> {
  const now = nowSeconds(source);
  for await (const page of source.api.for("full pass", "backfill").pages(CONTACTS, LATEST_FIRST)) {
    if (page.rows.length === 0) return 0;
    const changes = page.rows.map((row) => (isJsonObject(row) ? instantOf(row.updated_at, now) : undefined));
    const told = changes.filter((seconds) => seconds !== undefined);
    return told.length > 0 ? Math.max(...told) : now;
  }
  return 0;
}

interface ContactVersion {
  /** `undefined` when the contact does not say it. */
  readonly updatedAt: number | undefined;
  readonly version: string;
}

/**
 * Captures what has changed since shortly before the watermark, and then moves the watermark, if nothing can have
 * been missed. When more has changed than the API serves, a full pass is begun.
 */
export async function* walk(cursors: ContactCursors, source: Source): AsyncGenerator<Step> {
  cursors.walkedMs = source.clock.now();
  const versions = new Map<number, ContactVersion>();
  let isSteady = true;
  try {
    for await (const walked of walkDown(cursors.watermark - LATE_SECONDS, source)) {
      isSteady = walked.isSteady;
      yield* captureChanges(walked.contacts, versions, cursors);
    }
  } catch (error) {
    if (!(error instanceof ListTooLong)) throw error;
    markAll(versions, cursors);
    yield* leaveToFullPass(cursors, source);
    return;
  }
  yield* endWalk(versions, isSteady, cursors);
}

/**
 * More than the API serves may have changed in the watermark's own second. Of that second the pass that
 * the watermark began with has captured all, so that another has nothing to find before the next day.
 */
async function* leaveToFullPass(cursors: ContactCursors, source: Source): AsyncGenerator<Step> {
  const latestSeconds = await latestChange(source);
  if (latestSeconds > cursors.watermark) yield* cursors.beginFullPass(latestSeconds);
  else yield* cursors.checkpointIfNeeded({});
}

/** Walks if it is time to: what takes long is no reason to hear of changes late. */
export async function* walkIfDue(cursors: ContactCursors, source: Source): AsyncGenerator<Step> {
  if (hasPassed(source.intervalMs, cursors.walkedMs, source)) yield* walk(cursors, source);
}

type ChangedContact = { readonly contact: Document & ContactRow; readonly updatedAt: number | undefined };

/**
 * From the latest change down to an instant, a page at a time. What is added or edited comes in at
 * the front and pushes the others on, to be met again; only what is deleted pulls them back across
 * the border of two pages, unread. So the walk is unsteady once the total of a page is less than
 * that of the page before it, or there is none to compare. A contact that does not say when it was changed is given where it is met, and
 * says nothing of where the walk is.
 */
async function* walkDown(
  sinceSeconds: number,
  source: Source,
): AsyncGenerator<{ contacts: ChangedContact[]; isSteady: boolean }> {
  let previousTotal = 0;
  let isSteady = true;
  for await (const page of source.api.for("incremental read", "snapshot").pages(CONTACTS, LATEST_FIRST)) {
    const total = page.total ?? -1;
    if (page.number > 1 && total < previousTotal) isSteady = false;
    previousTotal = page.total ?? 0;
    const contacts = wellFormedDocuments(page.rows, CONTACT_NEEDS, source).map((contact) => ({
      contact,
      updatedAt: instantOf(contact.updated_at, nowSeconds(source)),
    }));
    yield { contacts: contacts.filter(({ updatedAt = Infinity }) => updatedAt >= sinceSeconds), isSteady };
    const oldest = contacts.findLast(({ updatedAt }) => updatedAt !== undefined);
    if (oldest?.updatedAt !== undefined && oldest.updatedAt < sinceSeconds) return;
  }
}

function* captureChanges(
  contacts: readonly ChangedContact[],
  versions: Map<number, ContactVersion>,
  cursors: ContactCursors,
): Generator<Step> {
  const news = contacts.filter(({ contact, updatedAt }) => {
    const version = digest(contact);
    versions.set(contact.id, { updatedAt, version });
    return cursors.isNews(contact, version);
  });
  if (news.length === 0) return;
  yield { kind: "documents", docs: news.map(({ contact }) => contact) };
  yield* cursors.checkpoint();
}

function* endWalk(
  versions: ReadonlyMap<number, ContactVersion>,
  isSteady: boolean,
  cursors: ContactCursors,
): Generator<Step> {
  markAll(versions, cursors);
  const watermark = Math.max(
    cursors.watermark,
    ...[...versions.values()].map(({ updatedAt = -Infinity }) => updatedAt),
  );
  const newest = [...versions].filter(([, { updatedAt }]) => updatedAt === watermark);
  const atWatermark = Object.fromEntries(newest.map(([id, { version }]) => [id, version]));
  yield* cursors.checkpointIfNeeded(isSteady ? cursors.moveWatermark(watermark, atWatermark) : {});
}

/** At the end of a walk and not at each page, since a bucket of IDs is told anew for each mark that differs. */
function markAll(versions: ReadonlyMap<number, ContactVersion>, cursors: ContactCursors): void {
  for (const [id, { version }] of versions) cursors.markKnown(id, version);
}
