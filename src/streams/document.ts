import type { Document } from "../engine/index.ts";
import type { Json, JsonObject } from "../shared/json.ts";

/**
 * Fields of Aircall's own user records that were seen inside a call's `transferred_by`. They hold secrets
 * of a user, or say who administers an account; the API reference lists none of them.
 */
const SECRET_FIELDS = new Set(["authentication_token", "is_admin"]);

const isSecret = (name: string) =>
  SECRET_FIELDS.has(name) || (name.startsWith("intercom_") && name.endsWith("_hash"));

/**
 * The document of a row: the row as Aircall returned it, less the secrets. These are the named top-level
 * fields, and what `isSecret` knows at any depth. Changes the row in place and returns it.
 */
export function presentDocument(row: JsonObject, secretFields: readonly string[] = []): Document {
  for (const name of secretFields) delete row[name];
  tidy(row);
  return Object.assign(row, { _meta: { op: "u" as const } });
}

export function deletionDocument(keyField: string, key: Json): Document {
  return { [keyField]: key, _meta: { op: "d" as const } };
}

/**
 * Deletes secrets at any depth, and replaces lone surrogates in texts and names of fields. A text that was
 * cut within an emoji ends with one, and Flow refuses it.
 */
function tidy(holder: JsonObject | Json[]): void {
  // The places of a list are its names.
  const fields = holder as JsonObject;
  for (const given of Object.keys(fields)) {
    const name = given.isWellFormed() ? given : renamed(fields, given);
    const value = fields[name];
    if (isSecret(name)) delete fields[name];
    else if (typeof value === "object" && value !== null) tidy(value);
    else if (typeof value === "string" && !value.isWellFormed()) fields[name] = value.toWellFormed();
  }
}

/** Gives a field a name without lone surrogates, and no field the name of another. Returns the name. */
function renamed(fields: JsonObject, given: string): string {
  let name = given.toWellFormed();
  while (Object.hasOwn(fields, name)) name += "\uFFFD";
  fields[name] = fields[given] ?? null;
  delete fields[given];
  return name;
}
