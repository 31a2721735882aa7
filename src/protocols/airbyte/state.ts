import { BINDINGS } from "../../engine/index.ts";
import { BadRequest } from "../../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import type { Log } from "../../shared/ports.ts";
import { type StreamName, streams } from "../../streams/index.ts";
import { findStream } from "./catalog.ts";

/** A state of one stream, whatever form it came in. `name` is absent where the form names none. */
interface StoredState {
  readonly name?: string;
  /** `undefined` for a value that is no state. */
  readonly content: JsonObject | undefined;
}

/**
 * The state of each stream that has one of ours: the part of the connector state that is the stream's,
 * `{"bindingStateV1": {"<stream>": {...}}}`. Reads every form in which states are kept: a list of states by stream, a
 * global state, a whole STATE message, the object of all states from before the protocol had lists, and each of these as
 * text. A state that is not ours is skipped with a warning: that of another connector has the time up to which a stream
 * was read, and not the records that were captured. Throws a `BadRequest` for a value that is no state in any form.
 */
export function readStates(states: Json, log: Log): Map<StreamName, JsonObject> {
  const given = parsed(states);
  if (given !== null && typeof given !== "object")
    throw new BadRequest("The state is not valid: it must be a list with a state for each stream.");
  const own = new Map<StreamName, JsonObject>();
  for (const { name, content } of storedStates(given)) {
    const stream = name === undefined ? undefined : findStream(name);
    const state = stream && ownState(stream, content);
    if (stream && state) own.set(stream, { [BINDINGS]: { [stream]: state } });
    else if (content === undefined || Object.keys(content).length > 0)
      log.warn(
        `The state of ${name ?? "several streams"} is another connector's or stream's, so that reading begins from the beginning.`,
      );
  }
  return own;
}

function ownState(stream: StreamName, content: JsonObject | undefined): JsonObject | undefined {
  const bindings = content?.[BINDINGS];
  const state = isJsonObject(bindings) && Object.hasOwn(bindings, stream) ? bindings[stream] : undefined;
  return isJsonObject(state) && streams[stream].canResumeFrom(state) ? state : undefined;
}

/** Some platforms keep a state as text. Any other text is returned as it is. */
function parsed(value: Json): Json {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function storedStates(value: Json): StoredState[] {
  const state = parsed(value);
  if (Array.isArray(state)) return state.flatMap(storedStates);
  if (state === null) return [];
  if (!isJsonObject(state)) return [{ content: undefined }];
  if (isJsonObject(state.state)) return storedStates(state.state);
  if (isJsonObject(state.stream)) return [streamState(state.stream)];
  if (isJsonObject(state.global)) return globalStates(state.global);
  if (state.type === "LEGACY") return storedStates(state.data ?? null);
  if (isJsonObject(state[BINDINGS]))
    return Object.keys(state[BINDINGS]).map((name) => ({ name, content: state }));
  return Object.entries(state).map(([name, content]) => ({ name, content: contentOf(content) }));
}

function globalStates({ stream_states: states }: JsonObject): StoredState[] {
  if (!Array.isArray(states)) return [{ content: undefined }];
  return states.map((state) => (isJsonObject(state) ? streamState(state) : { content: undefined }));
}

function streamState({ stream_descriptor: descriptor, stream_state: state }: JsonObject): StoredState {
  if (!isJsonObject(descriptor) || typeof descriptor.name !== "string") return { content: undefined };
  return { name: descriptor.name, content: contentOf(state) };
}

/** No content is an empty state: a stream without one has not been read yet. */
function contentOf(state: Json | undefined): JsonObject | undefined {
  const content = state === undefined ? null : parsed(state);
  if (content === null) return {};
  return isJsonObject(content) ? content : undefined;
}
