import { type Document, patchBetween, type Step } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { StreamDefinition } from "../definition.ts";
import { digest } from "../digest.ts";
import { probeList } from "../probe.ts";
import { MINUTE_MS, type Source } from "../source.ts";
import { CALLS } from "./list.ts";
import { type CallBatch, CallSchedule } from "./schedule.ts";
import { RECENT_SECONDS, rereadAges } from "./schedule-state.ts";
import { callSchema } from "./schema.ts";
import { type CallsState, type RecentCalls, readState } from "./state.ts";

const DAY_SECONDS = 86_400;

/**
 * Phone calls, by when they started: each call that the schedule reads, if it has changed.
 * Source: https://developer.aircall.io/api-references/#list-all-calls
 */
export const calls: StreamDefinition = {
  name: "calls",
  keyField: "id",
  syncMode: "incremental",
  intervalMs: MINUTE_MS,
  documentSchema: callSchema,
  probe: (reader) => probeList(reader, CALLS),
  async *run(source, state) {
    const kept = readState(state, source);
    const patch = patchBetween(state, kept as unknown as JsonObject);
    if (Object.keys(patch).length > 0) yield { kind: "checkpoint", patch };
    yield* new CallCapture(source, kept).steps();
  },
};

/** One run of the stream. */
class CallCapture {
  readonly #source: Source;
  readonly #schedule: CallSchedule;
  readonly #recent: RecentCalls;
  readonly #rereadReachSeconds: number;

  constructor(source: Source, state: CallsState) {
    this.#source = source;
    this.#recent = { ...state.recent };
    this.#rereadReachSeconds = Math.max(...rereadAges(source)) + DAY_SECONDS;
    const known = Object.entries(state.recent);
    const recentStarts = known.map(([id, [startedAt]]) => [Number(id), startedAt] as const);
    this.#schedule = new CallSchedule({ source, state, recentStarts });
    for (const [id, [, version]] of known) source.memory.restore(Number(id), version);
  }

  async *steps(): AsyncGenerator<Step> {
    for await (const step of this.#schedule.steps()) {
      if (step.kind !== "calls") yield step;
      else if (step.purpose === "tail") yield* this.#captureTail(step);
      else yield* this.#captureOlder(step);
    }
  }

  /** State keeps the versions of the recent calls, so that a restart within the half hour captures none twice. */
  *#captureTail({ calls, nowSeconds, patch }: CallBatch): Generator<Step> {
    const { memory } = this.#source;
    const recent: Record<string, [number, string] | null> = {};
    for (const [id, [startedAt]] of Object.entries(this.#recent)) {
      if (startedAt <= nowSeconds - RECENT_SECONDS) recent[id] = null;
    }
    const changed: Document[] = [];
    for (const call of calls) {
      const version = digest(call);
      const isChanged = memory.changed(call.id, version);
      if (isChanged || !this.#recent[call.id]) recent[call.id] = [call.started_at, version];
      if (!isChanged) continue;
      memory.note(call.id, version);
      changed.push(call);
    }
    yield { kind: "documents", docs: changed };
    if (Object.keys(recent).length === 0) return;
    for (const [id, entry] of Object.entries(recent)) {
      if (entry) this.#recent[id] = entry;
      else delete this.#recent[id];
    }
    yield { kind: "checkpoint", patch: { ...patch, recent } };
  }

  *#captureOlder(batch: CallBatch): Generator<Step> {
    const { memory } = this.#source;
    const isHistory = batch.purpose === "history";
    const reachSeconds = isHistory ? batch.nowSeconds - this.#rereadReachSeconds : -Infinity;
    const changed: Document[] = [];
    for (const call of batch.calls) {
      // No re-read comes to a call from before this, so its version need not be remembered.
      if (call.started_at >= reachSeconds || memory.knows(call.id)) {
        const version = digest(call);
        if (!memory.changed(call.id, version)) continue;
        memory.note(call.id, version);
      }
      changed.push(call);
    }
    yield { kind: "documents", docs: changed };
    yield { kind: "checkpoint", patch: batch.patch };
  }
}
