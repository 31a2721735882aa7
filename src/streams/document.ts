import type { Document } from "../engine/index.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";

/**
 * Fields of Aircall's own user records that were seen inside a call's `transferred_by`. They are
 * somebody's secrets, or say who rules an account, and no stream promises them.
 */
const SECRET_FIELD = /^(authentication_token|intercom_(.+_)?hash|is_admin)$/;

/** The row as Aircall gave it, tidied to be passed on. The row is given away: it is changed in place. */
export function presentDocument(row: JsonObject): Document {
  tidied(row);
  return Object.assign(row, { _meta: { op: "u" as const } });
}

export function deletionDocument(keyField: string, key: Json): Document {
  return { [keyField]: key, _meta: { op: "d" as const } };
}

/**
 * The value less the secrets, and its texts such as every reader of JSON takes: half of a pair of
 * surrogates, which a text that was cut within an emoji ends with, is refused by Flow.
 */
function tidied(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) value[index] = tidied(element);
  } else if (isJsonObject(value)) {
    for (const name of Object.keys(value)) {
      if (SECRET_FIELD.test(name)) delete value[name];
      else value[name] = tidied(value[name] ?? null);
    }
  }
  return value;
}
