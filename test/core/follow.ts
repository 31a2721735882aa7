import { bindingPatch, type Document, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { type StreamName, streams } from "../../src/streams/index.ts";
import { CONFIG } from "../support/world.ts";
import type { World } from "./replica.ts";

export interface FollowOptions {
  readonly stream: StreamName;
  readonly state?: JsonObject;
  readonly resource?: JsonObject;
  readonly forMs: number;
  /** Called at each rest, with the time since the session began. The clock leaps over rests. */
  readonly atRest?: (sinceMs: number) => void;
}

/** What one session that follows gives before its time is over, in its order, and the state that is left. */
export async function follow(world: World, { stream, state = {}, resource, forMs, atRest }: FollowOptions) {
  const documents: Document[] = [];
  const beganMs = world.clock.now();
  const stop = new AbortController();
  const { syncMode } = streams[stream];
  const blocks = world.connector.capture({
    config: CONFIG,
    bindings: [{ resourceConfig: { stream, syncMode, ...resource }, stateKey: "it" }],
    state,
    until: "follow",
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind !== "rests") return;
      const sinceMs = world.clock.now() - beganMs;
      if (sinceMs >= forMs) stop.abort();
      else atRest?.(sinceMs);
    },
  });
  let left = state;
  for await (const block of blocks) {
    documents.push(...structuredClone(block.documents));
    left = mergePatch(left, bindingPatch("it", structuredClone(block.patch)));
    block.committed();
  }
  return { documents, state: left };
}
