import type { Block } from "../../src/engine/block.ts";
import { type LifecycleEvent, runSession, type SessionOptions } from "../../src/engine/session.ts";
import type { Step, Stream } from "../../src/engine/stream.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { TestClock } from "../support/clock.ts";
import { rememberingLog } from "../support/world.ts";

export const document = (id: number): Step => ({ kind: "documents", docs: [{ id, _meta: { op: "u" } }] });
export const checkpoint = (patch: JsonObject): Step => ({ kind: "checkpoint", patch });
export const restUntil = (untilMs: number): Step => ({ kind: "rest", untilMs });

export type Run = (state: JsonObject, signal: AbortSignal) => AsyncGenerator<Step>;

export const stream = (name: string, run: Run): Stream => ({ name, key: ["/id"], run });

/** A stream that yields the steps and then waits for the end of the session. */
export function scripted(name: string, steps: readonly Step[]): Stream {
  return stream(name, async function* (_, signal) {
    yield* steps;
    await untilAborted(signal);
  });
}

export async function untilAborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

export function session(streams: readonly Stream[], options: Partial<SessionOptions> = {}) {
  const clock = new TestClock();
  const log = rememberingLog();
  const events: LifecycleEvent[] = [];
  const blocks = runSession({
    bindings: streams.map((one) => ({ stream: one, stateKey: one.name })),
    state: {},
    until: "pass",
    signal: new AbortController().signal,
    ports: { clock, log },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { clock, log, events, blocks };
}

/** A block in short: `b2:7` is document 7 of binding 2, `b2!` the patch of the block. */
export function brief({ binding, documents }: Block): string[] {
  return [...documents.map(({ id }) => `b${binding}:${id}`), `b${binding}!`];
}

export async function all(blocks: AsyncIterable<Block>): Promise<string[]> {
  return (await Array.fromAsync(blocks)).flatMap(brief);
}
