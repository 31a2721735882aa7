import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject, ownValue, setOwn } from "../shared/json.ts";

/** The property of the connector state that holds the state of each binding by its state key. */
export const BINDINGS = "bindingStateV1";

/** Applies a merge patch (RFC 7396). Returns a new value and changes neither argument. */
export function mergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else setOwn(merged, name, isJsonObject(value) ? mergePatch(ownValue(merged, name), value) : value);
  }
  return merged;
}

/** The merge patch that turns `before` into `after`. `after` MUST NOT contain null, which no merge patch can set. */
export function patchBetween(before: JsonObject, after: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) setOwn(patch, name, null);
  for (const [name, value] of Object.entries(after)) {
    const known = ownValue(before, name);
    if (isJsonObject(known) && isJsonObject(value)) {
      const inner = patchBetween(known, value);
      if (Object.keys(inner).length > 0) setOwn(patch, name, inner);
    } else if (!isDeepStrictEqual(known, value)) setOwn(patch, name, value);
  }
  return patch;
}

/** Whether a value is unchanged by conversion to JSON and back. NaN serializes to null, and null in a merge patch deletes. */
export function survivesJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(survivesJson);
  if (!isJsonObject(value)) return value === null || typeof value === "string" || typeof value === "boolean";
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(survivesJson);
}

/** One binding's part of the connector state; `{}` if that part is missing or not an object. */
export function bindingState(state: JsonObject, stateKey: string): JsonObject {
  const bindings = state[BINDINGS];
  const own = isJsonObject(bindings) ? bindings[stateKey] : undefined;
  return isJsonObject(own) ? own : {};
}

/** Turns a patch of one binding's state into a patch of the connector state. */
export function bindingPatch(stateKey: string, patch: JsonObject): JsonObject {
  return { [BINDINGS]: { [stateKey]: patch } };
}
