import type { Document } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";

/**
 * The fields by which Airbyte's destinations find the latest version of a row and delete rows, under
 * the names that Airbyte's sources with change data capture have given them.
 */
export const UPDATED_AT = "_ab_cdc_updated_at";
export const DELETED_AT = "_ab_cdc_deleted_at";

/** The document as a row: what stands in `_meta` is said in Airbyte's way. */
export function row({ _meta, ...fields }: Document, nowMs: number): JsonObject {
  const now = new Date(nowMs).toISOString();
  return { ...fields, [UPDATED_AT]: now, [DELETED_AT]: _meta.op === "d" ? now : null };
}
