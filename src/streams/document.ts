import type { Document } from "../engine/index.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";

/**
 * Fields of Aircall's own user records that were seen inside a call's `transferred_by`. They are
 * somebody's secrets, or say who rules an account, and no stream promises them.
 */
const SECRET_FIELD = /^(authentication_token|intercom_(.+_)?hash|is_admin)$/;

/** The row as Aircall gave it, less the secrets. The row is given away: it is changed in place. */
export function presentDocument(row: JsonObject): Document {
  dropSecrets(row);
  return Object.assign(row, { _meta: { op: "u" as const } });
}

export function deletionDocument(keyField: string, key: Json): Document {
  return { [keyField]: key, _meta: { op: "d" as const } };
}

function dropSecrets(value: Json): void {
  if (Array.isArray(value)) {
    for (const element of value) dropSecrets(element);
  } else if (isJsonObject(value)) {
    for (const name of Object.keys(value)) {
      if (SECRET_FIELD.test(name)) delete value[name];
      else dropSecrets(value[name] ?? null);
    }
  }
}
