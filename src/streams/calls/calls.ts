import { type CheckpointStep, type Document, patchBetween, type Step } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { StreamDefinition } from "../definition.ts";
import { digest } from "../digest.ts";
import { probeList } from "../probe.ts";
import { MINUTE_MS, type Source } from "../source.ts";
import type { Call, CallBatch } from "./call-batch.ts";
import { KnownCalls } from "./known-calls.ts";
import { CALLS } from "./list.ts";
import { CallSchedule } from "./schedule.ts";
import { RECENT_SECONDS } from "./schedule-state.ts";
import { callSchema } from "./schema.ts";
import { type CallsState, canResumeFrom, type RecentCalls, readState } from "./state.ts";
import { touchedCall } from "./touched-plan.ts";

/**
 * Phone calls, by when they started: each call that the schedule reads, if it has changed.
 * Source: https://developer.aircall.io/api-references/#list-all-calls
 */
export const calls: StreamDefinition = {
  name: "calls",
  keyField: "id",
  newestBy: "started_at",
  intervalMs: MINUTE_MS,
  documentSchema: callSchema,
  probe: (reader) => probeList(reader, CALLS),
  touchedBy: touchedCall,
  canResumeFrom,
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
  readonly #known: KnownCalls;
  #hasReportedFullState = false;

  constructor(source: Source, state: CallsState) {
    this.#source = source;
    this.#recent = { ...state.recent };
    this.#known = new KnownCalls(state.known);
    const recentStarts = Object.entries(state.recent).map(
      ([id, [startedAt]]) => [Number(id), startedAt] as const,
    );
    const knownSinceSeconds = () => this.#known.sinceSeconds;
    this.#schedule = new CallSchedule({ source, state, recentStarts, knownSinceSeconds });
  }

  async *steps(): AsyncGenerator<Step> {
    for await (const step of this.#schedule.steps()) {
      if (step.kind !== "calls") yield step;
      else if (step.purpose === "tail") yield* this.#captureTail(step);
      else yield* this.#captureOlder(step);
    }
  }

  /** State keeps whole digests of the recent calls, which change most, and marks of those that cease to be recent. */
  *#captureTail({ calls, nowSeconds, patch }: CallBatch): Generator<Step> {
    const recent: Record<string, [number, string] | null> = {};
    for (const [id, [startedAt, version]] of Object.entries(this.#recent)) {
      if (startedAt > nowSeconds - RECENT_SECONDS) continue;
      this.#known.note(Number(id), startedAt, version);
      recent[id] = null;
    }
    const changed: Document[] = [];
    for (const call of calls) {
      const version = digest(call);
      const isChanged = this.#isChanged(call.id, version);
      if (isChanged || !this.#recent[call.id]) recent[call.id] = [call.started_at, version];
      if (isChanged) changed.push(call);
    }
    yield { kind: "documents", docs: changed };
    if (Object.keys(recent).length === 0) return;
    this.#moveRecent(recent);
    yield this.#checkpoint({ ...patch, recent });
  }

  *#captureOlder({ calls, patch }: CallBatch): Generator<Step> {
    const recent: Record<string, null> = {};
    const changed: Document[] = [];
    for (const call of calls) {
      const version = digest(call);
      if (!this.#isChanged(call.id, version)) continue;
      changed.push(call);
      if (this.#isReadAgain(call)) this.#known.note(call.id, call.started_at, version);
      if (this.#recent[call.id]) recent[call.id] = null;
    }
    yield { kind: "documents", docs: changed };
    this.#moveRecent(recent);
    const moved = this.#checkpoint({ ...patch, ...(Object.keys(recent).length > 0 && { recent }) });
    if (changed.length > 0 || Object.keys(moved.patch).length > 0) yield moved;
  }

  #isChanged(id: number, version: string): boolean {
    const recent = this.#recent[id];
    return recent ? recent[1] !== version : this.#known.changed(id, version);
  }

  #moveRecent(changes: Readonly<Record<string, [number, string] | null>>): void {
    for (const [id, entry] of Object.entries(changes)) {
      if (entry) this.#recent[id] = entry;
      else delete this.#recent[id];
    }
  }

  #checkpoint(patch: JsonObject): CheckpointStep {
    const schedule = this.#schedule;
    this.#known.forgetBefore(schedule.rereadsBeginSeconds, (from, through) =>
      schedule.isUnread(from, through),
    );
    const keptSinceSeconds = this.#known.forgetWhatHasNoRoom();
    if (keptSinceSeconds !== undefined) this.#reportFullState(keptSinceSeconds);
    const known = this.#known.takeChanges();
    return { kind: "checkpoint", patch: known ? { ...patch, known } : patch };
  }

  #isReadAgain({ started_at }: Call): boolean {
    const schedule = this.#schedule;
    return started_at >= schedule.rereadsBeginSeconds || schedule.isUnread(started_at, started_at);
  }

  #reportFullState(keptSinceSeconds: number): void {
    if (this.#hasReportedFullState) return;
    this.#hasReportedFullState = true;
    const since = new Date(keptSinceSeconds * 1000).toISOString();
    this.#source.log.warn(
      `There are more calls within the re-read ages than the state keeps: ${this.#known.size} calls, those since ${since}. When an older call is re-read, it is captured again even if it has not changed. Smaller ages in advanced.reread_calls_after avoid that.`,
    );
  }
}
