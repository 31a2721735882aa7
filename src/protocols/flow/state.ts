import { BINDINGS } from "../../engine/index.ts";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";

/** The connector state that the runtime committed last; `{}` when there is none. */
export function committedState(state: unknown): JsonObject {
  return isJsonObject(state) ? state : {};
}

/** The merge patch that deletes the state that the connector before this one left, which no binding reads. */
export function legacyRemoval(state: JsonObject): JsonObject {
  const legacy = Object.keys(state).filter((key) => key !== BINDINGS);
  return Object.fromEntries(legacy.map((key) => [key, null]));
}
