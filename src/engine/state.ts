import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject, ownValue, setOwn } from "../shared/json.ts";

/** Under which key the connector state has the states of the bindings, by their state keys. */
export const BINDINGS = "bindingStateV1";

/** RFC 7396: the target with the patch applied, as a new value. */
export function mergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else setOwn(merged, name, isJsonObject(value) ? mergePatch(ownValue(merged, name), value) : value);
  }
  return merged;
}

/** The merge patch that leads from one object to another, which holds no null. */
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

/** Whether JSON keeps the value as it is. A number that is none comes back as null, which in a patch deletes. */
export function isLasting(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isLasting);
  if (!isJsonObject(value)) return value === null || typeof value === "string" || typeof value === "boolean";
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isLasting);
}

/** What the connector state holds for one binding; `{}` when it holds nothing that can be read. */
export function bindingState(state: JsonObject, stateKey: string): JsonObject {
  const bindings = state[BINDINGS];
  const own = isJsonObject(bindings) ? bindings[stateKey] : undefined;
  return isJsonObject(own) ? own : {};
}

/** A patch of one binding's state, as a patch of the connector state. */
export function bindingPatch(stateKey: string, patch: JsonObject): JsonObject {
  return { [BINDINGS]: { [stateKey]: patch } };
}
