import type { Endpoint } from "../../aircall/index.ts";
import { isJsonObject, type Json } from "../../shared/json.ts";
import { nowSeconds, type Source } from "../source.ts";
import type { TimedList } from "../timed-list.ts";
import { instantOf } from "../values.ts";
import { PAGES_AHEAD } from "../window.ts";

export const CONTACTS: Endpoint = { path: "/v1/contacts", bodyKey: "contacts", holds: "list" };

export const LATEST_CHANGE_FIRST = { order: "desc", order_by: "updated_at" };

export const LATEST_CREATION_FIRST = { order: "desc" };

export const EARLIEST_CREATION_FIRST = { order: "asc" };

/** Contacts by creation. The API's window is `[from, to]` on `created_at`. Seen on a live account. */
export function contactList(source: Source): TimedList {
  const reader = source.api.for("full scan", "backfill");
  return {
    name: "contacts",
    // The creation of a contact never changes: a contact may vanish from the list, and new ones come at its end.
    quietThroughSeconds: Infinity,
    pages: (afterSeconds, throughSeconds) =>
      reader.pages(CONTACTS, { from: afterSeconds + 1, to: throughSeconds, order: "asc" }, PAGES_AHEAD),
    report: reader.report,
    secondsOf: (row) => instantIn(row, "created_at", source),
  };
}

/** The latest change that Aircall lists, in Unix seconds, and how many contacts it counts. */
export interface LatestChange {
  readonly seconds: number;
  readonly total: number | undefined;
}

/**
 * The latest change is 0 when there are no contacts. It stands for the present by Aircall's own clock, so
 * that a difference between two clocks loses no change; where no contact has a time of change that is not
 * ahead of our clock, it is the present by our clock.
 */
export async function latestChange(source: Source): Promise<LatestChange> {
  const now = nowSeconds(source);
  for await (const { rows, total } of source.api
    .for("latest change", "backfill")
    .pages(CONTACTS, LATEST_CHANGE_FIRST)) {
    if (rows.length === 0) return { seconds: 0, total };
    const changes = rows.map((row) => instantIn(row, "updated_at", source) ?? Infinity);
    const known = changes.filter((seconds) => seconds <= now);
    return { seconds: known.length > 0 ? Math.max(...known) : now, total };
  }
  return { seconds: 0, total: undefined };
}

function instantIn(row: Json, field: string, source: Source): number | undefined {
  return isJsonObject(row) ? instantOf(row[field], nowSeconds(source)) : undefined;
}
