import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AircallReader, itemOf, type Priority, RequestBudget } from "../../src/aircall/index.ts";
import { type Document, mergePatch, patchBetween, runSession, type Step } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { Redactor } from "../../src/shared/redactor.ts";
import type { Call, CallBatch } from "../../src/streams/calls/call-batch.ts";
import { CALLS, nextReadSeconds } from "../../src/streams/calls/list.ts";
import { CallSchedule } from "../../src/streams/calls/schedule.ts";
import { beginSchedule, readSchedule } from "../../src/streams/calls/schedule-state.ts";
import { KnownIds, type PackedIds } from "../../src/streams/contacts/known-ids.ts";
import type { StreamDefinition } from "../../src/streams/definition.ts";
import { bindStream } from "../../src/streams/index.ts";
import { wellFormedDocuments } from "../../src/streams/rows.ts";
import { SingleReads } from "../../src/streams/single-reads.ts";
import { isId } from "../../src/streams/values.ts";
import { leapingClock, takingTime } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { idsOf } from "../support/replica.ts";
import { CONFIG, startWorld, type World } from "../support/world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const QUIET = { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };
const LEAST_URGENT = {
  tail: "backfill",
  open: "backfill",
  reread: "backfill",
  history: "backfill",
  touched: "backfill",
} as const;

/** An account whose calls have all started by now, but for those that a test lets ring. */
function worldOf(calls: number) {
  const clock = leapingClock();
  return startWorld(
    { account: { ...QUIET, calls, days: 10 }, lastCallSeconds: Math.floor(clock.now() / 1000) },
    clock,
  );
}

const hasSettled = (call: Call, nowSeconds: number) =>
  call.status === "done" && nextReadSeconds(call, nowSeconds) === undefined;

/**
 * A stream that follows the schedule of calls and captures no call: it asks for a detail of each call that
 * has settled, once, and at the re-read ages again while there is no answer. State has which calls were answered.
 */
const details: StreamDefinition = {
  name: "call_details",
  keyField: "id",
  intervalMs: 5 * MINUTE_MS,
  documentSchema: { type: "object" },
  secretFields: ["sid"],
  probe: async () => undefined,
  canResumeFrom: () => true,
  async *run(source, state) {
    const schedule = readSchedule(state, source) ?? beginSchedule(source);
    const answered = new KnownIds(state.answered as PackedIds | undefined);
    yield { kind: "checkpoint", patch: patchBetween(state, { ...state, ...schedule } as JsonObject) };
    const reads = new SingleReads(source.api.for("call detail", "backfill"), source.log);
    const steps = new CallSchedule({ source, state: schedule, priorities: LEAST_URGENT }).steps();
    for await (const step of steps) {
      if (step.kind !== "calls") yield step;
      else yield* capture(step);
    }

    async function* capture({ calls, nowSeconds, patch }: CallBatch): AsyncGenerator<Step> {
      const settled = calls.filter((call) => hasSettled(call, nowSeconds));
      for (const { id } of settled.filter((call) => !answered.has(call.id))) {
        const answer = await reads.find(itemOf(CALLS, id, "call"));
        if (typeof answer === "string") continue;
        answered.set(id, 0);
        yield { kind: "documents", docs: wellFormedDocuments([answer.call ?? null], { id: isId }, source) };
        yield { kind: "checkpoint", patch: { answered: answered.takeChanges() } };
      }
      if (Object.keys(patch).length > 0) yield { kind: "checkpoint", patch };
    }
  },
};

class WatchedBudget extends RequestBudget {
  readonly priorities = new Set<Priority>();

  override take(...[priority, signal, onWait]: Parameters<RequestBudget["take"]>) {
    this.priorities.add(priority);
    return super.take(priority, signal, onWait);
  }
}

/** The details that are kept, by passes of which each begins with the state that was kept with them. */
class Details {
  readonly kept: Document[] = [];
  state: JsonObject = {};
  asked = 0;
  readonly budget: WatchedBudget;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.budget = new WatchedBudget({ requests: 1_000_000, windowMs: MINUTE_MS, clock: world.clock });
  }

  /** Makes a pass, or as much of one as fits into so many blocks. Returns the documents that were kept. */
  async pass(blocks = Infinity): Promise<Document[]> {
    const before = this.kept.length;
    const stop = new AbortController();
    let left = blocks;
    for await (const { documents, patch, committed } of this.#session(stop.signal)) {
      if (left === 0) break;
      left -= 1;
      this.kept.push(...documents);
      this.state = JSON.parse(JSON.stringify(mergePatch(this.state, patch))) as JsonObject;
      committed();
    }
    stop.abort();
    return this.kept.slice(before);
  }

  #session(signal: AbortSignal) {
    const { clock, emulator } = this.#world;
    const ports = { ...this.#world.ports, fetch: takingTime(clock, emulator.fetch, 0) };
    const credentials = { apiId: CONFIG.api_id, apiToken: CONFIG.api_token };
    const redactor = new Redactor();
    const client = { credentials, origin: emulator.url, budget: this.budget, ports, redactor };
    const stream = bindStream(details, {
      reader: (signal) =>
        new AircallReader({
          client,
          signal,
          onEvent: (event) => {
            if (event.kind === "request" && event.purpose === "call detail") this.asked += 1;
          },
        }),
      ports,
      until: "pass",
      syncMode: "incremental",
      startSeconds: Date.UTC(2023, 0, 1) / 1000,
      rereadAfterSeconds: [1_800, 21_600, 86_400],
      rereadInsightsAfterSeconds: [],
      rereadRequestsPerPass: 0,
    });
    const state = { bindingStateV1: { details: structuredClone(this.state) } };
    return runSession({ bindings: [{ stream, stateKey: "details" }], state, until: "pass", signal, ports });
  }
}

/** The calls that Aircall lists and whose details were not captured. */
function missing(world: World, { kept }: Details): number[] {
  const captured = new Set(idsOf(kept));
  const listed = [...world.emulator.truth("calls")].map((call) => Number((call as JsonObject).id));
  return listed.filter((id) => !captured.has(id));
}

describe("a stream with a request for each call follows the schedule of calls", () => {
  test("and asks once for each call that has settled, those of the history and those that come", async () => {
    await using world = await worldOf(300);
    const child = new Details(world);
    await child.pass();
    const { calls } = world.emulator.account;
    const [short, long] = [calls.ring(), calls.ring()];
    calls.answer(short);
    calls.answer(long);
    world.clock.advance(3 * MINUTE_MS);
    calls.end(short);
    expect(child.kept.length).toBeGreaterThan(100);
    const came: (string | number)[] = [];
    const hours = async (count: number) => {
      for (let quarters = 0; quarters < 4 * count; quarters++) {
        world.clock.advance(15 * MINUTE_MS);
        came.push(...idsOf(await child.pass()));
      }
      return came;
    };
    expect(await hours(1)).toEqual([short]);
    expect(await hours(2)).toEqual([short]);
    calls.end(long);
    // Sooner than its next re-read, which is at six hours.
    expect(await hours(2)).toEqual([short, long]);
    expect(await hours(24)).toEqual([short, long]);
    expect(missing(world, child)).toEqual([]);
    expect(child.asked).toBe(child.kept.length);
  });

  test("and asks for nothing while nothing is due, nor changes its state", async () => {
    await using world = await worldOf(300);
    const child = new Details(world);
    await child.pass();
    const { asked, state } = child;
    expect(asked).toBeGreaterThan(100);
    expect(await child.pass()).toEqual([]);
    expect(child.asked).toBe(asked);
    expect(child.state).toEqual(state);
  });

  test("and asks again at the re-read ages while there is no answer, and no more after the last", async () => {
    await using world = await worldOf(0);
    const { calls } = world.emulator.account;
    const child = new Details(world);
    await child.pass();
    const [late, never] = [calls.ring(), calls.ring()];
    for (const id of [late, never]) calls.end(id);
    world.clock.advance(10 * MINUTE_MS);
    const unanswered = (id: number) =>
      world.emulator.faults.add({ kind: "status", status: 404, match: `/v1/calls/${id}`, every: 1 });
    const fault = unanswered(late);
    unanswered(never);
    const hoursLater = async (hours: number) => {
      for (let passed = 0; passed < hours; passed++) {
        world.clock.advance(HOUR_MS);
        await child.pass();
      }
      return [child.asked, idsOf(child.kept)];
    };
    expect(await hoursLater(2)).toEqual([2, []]);
    fault.remove();
    expect(await hoursLater(3)).toEqual([2, []]);
    expect(await hoursLater(4)).toEqual([4, [late]]);
    expect(await hoursLater(24)).toEqual([5, [late]]);
    expect(await hoursLater(24)).toEqual([5, [late]]);
  });

  test("with priorities and a state of its own, and leaves out its own secrets", async () => {
    await using world = await worldOf(100);
    const child = new Details(world);
    await child.pass();
    expect([...child.budget.priorities]).toEqual(["backfill"]);
    expect(Object.keys(child.state).sort()).toEqual(["answered", "backfilledAt", "open", "rungs", "unread"]);
    expect(child.kept.every((document) => !("sid" in document) && "direct_link" in document)).toBe(true);
  });

  test("without missing a call, or capturing one twice, wherever it is interrupted and goes on", async () => {
    const session = fc.record({
      blocks: fc.integer({ min: 0, max: 60 }),
      minutes: fc.nat(150),
      rings: fc.nat(3),
      ends: fc.nat(2),
    });
    const sessions = fc.array(session, { maxLength: 12 });
    await holdsForAll("calls followed in pieces", sessions, draws(15, 300), async (sessions) => {
      await using world = await worldOf(120);
      const { calls } = world.emulator.account;
      const child = new Details(world);
      const going: number[] = [];
      for (const { blocks, minutes, rings, ends } of sessions) {
        await child.pass(blocks);
        world.clock.advance(minutes * MINUTE_MS);
        going.push(...Array.from({ length: rings }, () => calls.ring()));
        for (const id of going.splice(0, ends)) calls.end(id);
      }
      for (const id of going) calls.end(id);
      for (const hours of [1, 7, 26]) {
        world.clock.advance(hours * HOUR_MS);
        await child.pass();
      }
      expect(missing(world, child)).toEqual([]);
      expect(new Set(idsOf(child.kept)).size).toBe(child.kept.length);
    });
  });
});
