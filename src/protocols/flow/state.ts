import { BINDINGS } from "../../engine/index.ts";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import type { Log } from "../../shared/ports.ts";

/**
 * The connector state that the runtime committed last; `{}` if the runtime has not committed any. Warns of a state, or a part of it, that
 * no binding can read.
 */
export function committedState(state: unknown, log: Log): JsonObject {
  if (state === undefined || state === null) return {};
  if (!isJsonObject(state)) {
    log.warn("The state is not a JSON object, so all streams are read from the beginning.");
    return {};
  }
  const others = Object.keys(legacyRemoval(state));
  if (others.length > 0)
    log.warn(
      `The state has parts of another connector, which no stream can read, and which are removed: ${others.join(", ").slice(0, 200)}.`,
    );
  if (BINDINGS in state && !isJsonObject(state[BINDINGS]))
    log.warn(
      `The state has a ${BINDINGS} that is not an object, so all streams are read from the beginning.`,
    );
  return state;
}

/** The merge patch that deletes the state that the connector before this one left, which no binding reads. */
export function legacyRemoval(state: JsonObject): JsonObject {
  const legacy = Object.keys(state).filter((key) => key !== BINDINGS);
  return Object.fromEntries(legacy.map((key) => [key, null]));
}
