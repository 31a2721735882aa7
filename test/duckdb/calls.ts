import type { Document } from "../../src/engine/index.ts";
import type { TableSpec, Transaction } from "../../src/local/store.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";

export const CALLS: TableSpec = {
  name: "calls",
  keyField: "id",
  documentSchema: {
    type: "object",
    properties: {
      _meta: { type: "object" },
      id: { type: "integer" },
      status: { type: ["string", "null"] },
      duration: { type: ["integer", "null"] },
      cost: { type: "number" },
      archived: { type: "boolean" },
      user: { type: ["object", "null"] },
      mixed: { type: ["string", "integer"] },
    },
  },
};

export function present(fields: JsonObject): Document {
  return { ...fields, _meta: { op: "u" } };
}

export function deletion(id: Json): Document {
  return { id, _meta: { op: "d" } };
}

export function calls(documents: Document[], state: JsonObject = {}): Transaction {
  return { documents: new Map([["calls", documents]]), state };
}
