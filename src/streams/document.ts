import type { Document } from "../engine/index.ts";
import type { Json, JsonObject } from "../shared/json.ts";

/**
 * Fields of Aircall's own user records that were seen inside a call's `transferred_by`. They are
 * somebody's secrets, or say who rules an account, and no stream promises them.
 */
const SECRET_FIELDS = new Set(["authentication_token", "is_admin"]);

const isSecret = (name: string) =>
  SECRET_FIELDS.has(name) || (name.startsWith("intercom_") && name.endsWith("_hash"));

/** The row as Aircall gave it, tidied to be passed on. The row is given away: it is changed in place. */
export function presentDocument(row: JsonObject): Document {
  tidy(row);
  return Object.assign(row, { _meta: { op: "u" as const } });
}

export function deletionDocument(keyField: string, key: Json): Document {
  return { [keyField]: key, _meta: { op: "d" as const } };
}

/**
 * Takes the secrets out of what a row holds, and makes its texts such as every reader of JSON takes: half
 * of a pair of surrogates, which a text that was cut within an emoji ends with, is refused by Flow.
 */
function tidy(holder: JsonObject | Json[]): void {
  // The places of a list are its names.
  const fields = holder as JsonObject;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (isSecret(name)) delete fields[name];
    else if (typeof value === "object" && value !== null) tidy(value);
    else if (typeof value === "string" && !value.isWellFormed()) fields[name] = value.toWellFormed();
  }
}
