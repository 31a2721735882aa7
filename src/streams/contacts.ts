import type { Static } from "typebox";
import { Check } from "typebox/schema";
import type { Endpoint } from "../aircall/index.ts";
import type { Document, Step } from "../engine/index.ts";
import { ListTooLong } from "../errors.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import type { StreamDefinition } from "./definition.ts";
import { digest } from "./digest.ts";
import { usableDocuments } from "./document.ts";
import { labelledValues } from "./nested.ts";
import { documentSchema, flag, text, unixSeconds } from "./schema.ts";
import { forget, isRereadDue, MINUTE_MS, nowSeconds, type Source } from "./source.ts";
import { readWindow, SPAN, type Span, type TimedList } from "./window.ts";

const ENDPOINT: Endpoint = { path: "/v1/contacts", bodyKey: "contacts", holds: "list" };

const LATEST_FIRST = { order: "desc", order_by: "updated_at" };

/** What the logic relies on; everything else of a contact passes through unread. */
const CONTACT_ROW = {
  type: "object",
  required: ["id", "created_at", "updated_at"],
  properties: { id: { type: "integer" }, created_at: { type: "integer" }, updated_at: { type: "integer" } },
} as const;
type ContactRow = Static<typeof CONTACT_ROW>;

const isContactRow = (row: Json): row is JsonObject & ContactRow => Check(CONTACT_ROW, row);

/** All instants are Unix seconds. */
interface ContactsState {
  /** What is left of a pass over all contacts by creation. Absent once it is done. */
  backfill?: Span;
  /** When the last pass over all contacts was done. */
  backfilledAt?: number;
  /** Every change before this instant has been captured. */
  watermark: number;
  /** Digests, by ID, of the contacts that changed in the watermark's own second. */
  atWatermark: Record<string, string>;
}

const CONTACTS_STATE = {
  type: "object",
  required: ["watermark", "atWatermark"],
  properties: {
    backfill: SPAN,
    backfilledAt: { type: "integer" },
    watermark: { type: "integer" },
    atWatermark: { type: "object", additionalProperties: { type: "string" } },
  },
} as const;

const isContactsState = (state: unknown): state is ContactsState => Check(CONTACTS_STATE, state);

/**
 * Shared contacts: all of them once, by creation, and then what has changed, from the latest
 * change down to the watermark. Source: https://developer.aircall.io/api-references/#list-all-contacts
 */
export const contacts: StreamDefinition = {
  name: "contacts",
  endpoint: ENDPOINT,
  keyField: "id",
  syncMode: "incremental",
  intervalMs: 5 * MINUTE_MS,
  documentSchema: documentSchema(
    "Contact",
    "id",
    { type: "integer", description: "ID of the contact." },
    {
      direct_link: text("API address of the contact."),
      first_name: text("First name."),
      last_name: text("Last name."),
      company_name: text("Company."),
      information: text("Free text about the contact."),
      is_shared: flag("Whether the whole company sees the contact."),
      created_at: unixSeconds("When the contact was created."),
      updated_at: unixSeconds("When the contact was last changed."),
      phone_numbers: labelledValues("Phone numbers."),
      emails: labelledValues("Email addresses."),
    },
  ),
  async *run(source, state) {
    const known = isContactsState(state) ? state : undefined;
    const cursors: ContactsState = known ?? { watermark: 0, atWatermark: {} };
    if (!known) {
      yield* forget(state);
      yield await startBackfill(cursors, source);
    }
    while (true) {
      const beganMs = source.clock.now();
      if (isRereadDue(cursors.backfilledAt, source)) yield await startBackfill(cursors, source);
      yield* backfill(cursors, source);
      yield* followChanges(cursors, source);
      yield { kind: "rest", untilMs: beganMs + source.intervalMs };
    }
  },
};

/**
 * A pass over all contacts that there are now; changes from now on are left to the watermark. "Now" is
 * the latest change that Aircall lists, so that no difference between its clock and ours loses one.
 */
async function startBackfill(cursors: ContactsState, source: Source): Promise<Step> {
  const watermark = await latestChange(source);
  const forgotten = changesOf(cursors.atWatermark, {});
  cursors.backfill = { after: -1, until: watermark };
  delete cursors.backfilledAt;
  cursors.watermark = watermark;
  cursors.atWatermark = {};
  const { backfill } = cursors;
  return { kind: "checkpoint", patch: { backfill, backfilledAt: null, watermark, atWatermark: forgotten } };
}

/** 0 when there are no contacts. */
async function latestChange(source: Source): Promise<number> {
  for await (const page of source.api.pages(ENDPOINT, LATEST_FIRST)) {
    return Math.max(0, ...page.rows.filter(isContactRow).map((contact) => contact.updated_at));
  }
  return 0;
}

async function* backfill(cursors: ContactsState, source: Source): AsyncGenerator<Step> {
  if (!cursors.backfill) return;
  const { after, until } = cursors.backfill;
  let doneRows = 0;
  for await (const page of readWindow(contactList(source), after, until)) {
    const atWatermark: Record<string, string> = {};
    for (const contact of usableDocuments(page.rows, isContactRow, source)) {
      if (contact.updated_at === cursors.watermark) atWatermark[contact.id] = digest(contact);
      yield { kind: "document", doc: contact };
    }
    cursors.backfill.after = page.throughSeconds;
    Object.assign(cursors.atWatermark, atWatermark);
    yield { kind: "checkpoint", patch: { backfill: { after: page.throughSeconds }, atWatermark } };
    doneRows += page.rows.length;
    yield { kind: "progress", doneRows, leftRows: page.rowsLeft };
  }
  delete cursors.backfill;
  cursors.backfilledAt = nowSeconds(source);
  yield { kind: "checkpoint", patch: { backfill: null, backfilledAt: cursors.backfilledAt } };
}

/** The API's window of contacts is `[from, to]` on `created_at`. Seen on a live account. */
function contactList({ api }: Source): TimedList {
  return {
    name: "contacts",
    quietThroughSeconds: Infinity,
    pages: (afterSeconds, throughSeconds) =>
      api.pages(ENDPOINT, { from: afterSeconds + 1, to: throughSeconds, order: "asc" }),
    secondsOf: (row) => (isContactRow(row) ? row.created_at : undefined),
  };
}

/**
 * Emits what has changed since the watermark, and then moves the watermark, if nothing can have been
 * missed. When more has changed than the API serves, all contacts are read again.
 */
async function* followChanges(cursors: ContactsState, source: Source): AsyncGenerator<Step> {
  const versions = new Map<string, ContactVersion>();
  let isSteady = true;
  try {
    for await (const walked of walkDown(cursors.watermark, source)) {
      isSteady = walked.isSteady;
      let emitted = 0;
      for (const contact of walked.contacts) {
        const id = String(contact.id);
        const version = { updatedAt: contact.updated_at, digest: digest(contact) };
        versions.set(id, version);
        if (cursors.atWatermark[id] === version.digest) continue;
        emitted += 1;
        yield { kind: "document", doc: contact };
      }
      if (emitted > 0) yield { kind: "checkpoint", patch: {} };
    }
  } catch (error) {
    if (!(error instanceof ListTooLong)) throw error;
    yield await startBackfill(cursors, source);
    yield* backfill(cursors, source);
    return;
  }
  if (isSteady) yield* moveWatermark(cursors, versions);
}

interface ContactVersion {
  readonly updatedAt: number;
  readonly digest: string;
}

/**
 * From the latest change down to the watermark, a page at a time. The walk is unsteady once the list
 * has shrunk: a contact that was deleted pulls the others across the borders of the pages.
 */
async function* walkDown(
  watermark: number,
  source: Source,
): AsyncGenerator<{ contacts: (Document & ContactRow)[]; isSteady: boolean }> {
  let smallestTotal = Infinity;
  let isSteady = true;
  for await (const page of source.api.pages(ENDPOINT, LATEST_FIRST)) {
    if ((page.total ?? 0) < smallestTotal && page.number > 1) isSteady = false;
    smallestTotal = Math.min(smallestTotal, page.total ?? 0);
    const contacts = usableDocuments(page.rows, isContactRow, source);
    const changed = contacts.filter((contact) => contact.updated_at >= watermark);
    yield { contacts: changed, isSteady };
    if (changed.length < contacts.length) return;
  }
}

function* moveWatermark(cursors: ContactsState, versions: Map<string, ContactVersion>): Generator<Step> {
  const watermark = Math.max(
    cursors.watermark,
    ...[...versions.values()].map((version) => version.updatedAt),
  );
  const newest = [...versions].filter(([, version]) => version.updatedAt === watermark);
  const atWatermark = Object.fromEntries(newest.map(([id, version]) => [id, version.digest]));
  const patch = changesOf(cursors.atWatermark, atWatermark);
  if (watermark === cursors.watermark && Object.keys(patch).length === 0) return;
  Object.assign(cursors, { watermark, atWatermark });
  yield { kind: "checkpoint", patch: { watermark, atWatermark: patch } };
}

/** The merge patch that leads from one flat record to another. */
function changesOf(before: Record<string, string>, after: Record<string, string>): JsonObject {
  const gone = Object.keys(before).filter((name) => !(name in after));
  const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
  return Object.fromEntries([...gone.map((name): [string, null] => [name, null]), ...changed]);
}
