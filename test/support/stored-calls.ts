import type { Document } from "../../src/engine/index.ts";
import { bindingState } from "../../src/engine/state.ts";
import { StoreError } from "../../src/errors.ts";
import type { CapturedBlock, Store, TableSpec } from "../../src/local/store/index.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import { openTarget } from "./open-target.ts";

/** A table with a column of each kind. */
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

export function calls(documents: readonly Document[], patch: JsonObject = {}): CapturedBlock {
  return { table: "calls", documents, patch };
}

/** The state of the calls, as the store has it. */
export function callsState({ state }: Pick<Store, "state">): JsonObject {
  return bindingState(state, "calls");
}

export function openCalls(target: string, source = "emulator"): Promise<Store> {
  return openTarget(target, { tables: [CALLS], source });
}

/** The `StoreError` with which the target is refused. */
export async function refusal(target: string, source?: string): Promise<StoreError> {
  const error = await openCalls(target, source).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreError))
    throw new Error(`${target} was not refused with a StoreError: ${error}`);
  return error;
}
