import { BINDINGS } from "../../engine/index.ts";
import { BadRequest } from "../../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import type { Log } from "../../shared/ports.ts";
import { fits } from "../../shared/validated.ts";
import type { StreamName } from "../../streams/index.ts";
import { findStream } from "./catalog.ts";

const STREAM_STATE = {
  type: "object",
  required: ["stream"],
  properties: {
    stream: {
      type: "object",
      required: ["stream_descriptor"],
      properties: {
        stream_descriptor: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
        stream_state: {},
      },
    },
  },
} as const;

/**
 * The state of each stream that has one of ours: the part of the connector state that is the stream's,
 * `{"bindingStateV1": {"<stream>": {...}}}`. The state of another connector is skipped with a warning: it
 * has the time up to which a stream was read, and not the records that were captured. Throws a `BadRequest`
 * for a value of any other type than list, object or null.
 */
export function readStates(states: Json, log: Log): Map<StreamName, JsonObject> {
  if (states !== null && typeof states !== "object") {
    throw new BadRequest("The state is not valid: it must be a list with a state for each stream.");
  }
  const own = new Map<StreamName, JsonObject>();
  for (const stored of Array.isArray(states) ? states : legacyStates(states)) {
    const { name, content } = readStreamState(stored);
    const stream = findStream(name);
    const bindings = content[BINDINGS];
    const state = stream && isJsonObject(bindings) ? bindings[stream] : undefined;
    if (stream && isJsonObject(state)) own.set(stream, { [BINDINGS]: { [stream]: state } });
    else if (Object.keys(content).length > 0) {
      log.warn(
        `The state of ${name} is another connector's or stream's, so that reading begins from the beginning.`,
      );
    }
  }
  return own;
}

/** Before the protocol had a list, one object had the states of all streams. */
function legacyStates(states: JsonObject | null): Json[] {
  return Object.entries(states ?? {}).map(([name, stream_state]) => ({
    stream: { stream_descriptor: { name }, stream_state },
  }));
}

function readStreamState(state: Json): { name: string; content: JsonObject } {
  if (!fits(STREAM_STATE, state)) return { name: "several streams", content: { state } };
  const { stream_descriptor, stream_state: content } = state.stream;
  return { name: stream_descriptor.name, content: isJsonObject(content) ? content : {} };
}
