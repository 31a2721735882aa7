import { setTimeout as sleep } from "node:timers/promises";
import { mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import {
  answersOf,
  type Emitted,
  isCompared,
  keyOf,
  messagesOf,
  type Peer,
  PeerProcess,
  type Reading,
  type Run,
} from "./peer.ts";

interface Binding {
  readonly recommendedName: string;
  readonly resourceConfig: object;
  readonly documentSchema: object;
  readonly key: readonly string[];
}

interface Captured {
  readonly binding?: number;
  readonly doc: Record<string, unknown> & { readonly _meta?: { readonly op?: string } };
}

interface Checkpoint {
  readonly state?: { readonly updated: JsonObject; readonly mergePatch?: boolean };
}

/** Discovers and validates the bindings of a Flow capture, and captures them until it is idle. */
export async function readOverFlow(peer: Peer, run: Run): Promise<Reading> {
  const discover = { discover: { connectorType: "IMAGE", config: peer.config } };
  const found = await answersOf(peer.command, run.env, [discover], messagesOf);
  const discovered = found.find(({ discovered }) => discovered)?.discovered as
    | { readonly bindings?: readonly Binding[] }
    | undefined;
  if (!discovered?.bindings) throw new Error("it discovered no bindings");
  const bindings = discovered.bindings.filter(({ recommendedName }) => isCompared(recommendedName));
  const capture = { name: "acmeCo/bench/capture", connectorType: "IMAGE", config: peer.config };
  const validate = { validate: { ...capture, bindings: bindings.map(collectionOf) } };
  const answered = await answersOf(peer.command, run.env, [validate], messagesOf);
  const { bindings: paths } = (answered.find(({ validated }) => validated)?.validated ?? {}) as {
    bindings?: { resourcePath: string[] }[];
  };
  if (!paths) throw new Error("it validated no bindings");
  const session = new PeerProcess(peer.command, run.env);
  const bound = bindings.map((binding, index) => ({
    ...collectionOf(binding),
    resourcePath: paths[index]?.resourcePath ?? [],
    stateKey: binding.recommendedName,
    backfill: 0,
  }));
  session.send({
    open: {
      capture: { ...capture, intervalSeconds: 300, bindings: bound },
      version: "1",
      range: { keyBegin: 0, keyEnd: 0xffffffff, rClockBegin: 0, rClockEnd: 0xffffffff },
      state: run.state ?? {},
    },
  });
  return read(
    session,
    bindings.map(({ recommendedName }) => recommendedName),
    run,
  );
}

function collectionOf({ recommendedName, resourceConfig, documentSchema, key }: Binding) {
  const collection = { name: `acmeCo/bench/${recommendedName}`, writeSchema: documentSchema, key };
  return { resourceConfig, collection };
}

async function read(session: PeerProcess, streams: readonly string[], run: Run): Promise<Reading> {
  const emitted: Emitted[] = [];
  let pending: Emitted[] = [];
  let state = (run.state ?? {}) as JsonObject;
  let seconds = 0;
  const watching = new AbortController();
  const stopped = stopWhenIdle(session, run, watching.signal);
  try {
    for await (const message of session.messages()) {
      const { binding = 0, doc } = (message.captured ?? {}) as Partial<Captured>;
      if (doc) {
        pending.push({ stream: streams[binding] ?? "", key: keyOf(doc), isDeletion: doc._meta?.op === "d" });
        seconds = session.seconds;
      }
      if (!message.checkpoint) continue;
      // Documents count once a checkpoint has come after them.
      emitted.push(...pending);
      pending = [];
      const { state: update } = message.checkpoint as Checkpoint;
      if (update) state = mergePatch(update.mergePatch ? state : {}, update.updated);
    }
    return { streams, emitted, state, seconds, usage: await session.stop(), problem: session.problem };
  } finally {
    watching.abort();
    await stopped;
    await session.stop();
  }
}

/** A capture may follow changes for ever. One that waits for an answer, or works on one, is not idle yet. */
async function stopWhenIdle(
  session: PeerProcess,
  { served, idleMs }: Run,
  signal: AbortSignal,
): Promise<void> {
  let requests = await served();
  let lastRequestMs = performance.now();
  while (!signal.aborted) {
    await sleep(Math.min(idleMs / 10, 500), undefined, { signal }).catch(() => {});
    const now = await served();
    if (now !== requests) lastRequestMs = performance.now();
    requests = now;
    if (performance.now() - lastRequestMs < idleMs || session.silentMs < idleMs) continue;
    await session.stop();
    return;
  }
}
