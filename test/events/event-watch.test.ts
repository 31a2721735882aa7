import { describe, expect, test } from "vitest";
import type { Document } from "../../src/engine/index.ts";
import { EventWatch } from "../../src/events/event-watch.ts";
import type { Look } from "../../src/events/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { TestClock } from "../support/clock.ts";
import { startEventWorld } from "../support/event-world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WELL: Look = { state: "registered", refusedEvents: [] };

interface WorldOptions {
  readonly state?: JsonObject;
  readonly hasEventStreams?: boolean;
  /** How far our clock is ahead of Aircall's. */
  readonly aheadMs?: number;
}

/** A watch with an address that nothing has come through yet. */
function watchWorld({ state = {}, hasEventStreams = true, aheadMs = 0 }: WorldOptions = {}) {
  const clock = new TestClock();
  clock.aheadMs = aheadMs;
  const said: string[] = [];
  const kept: JsonObject = { ...state };
  const watch = new EventWatch({
    wellAt: state.wellAt,
    keep: (patch) => Object.assign(kept, patch),
    eventsUrl: "https://acme-8080.plane.test",
    port: () => 8080,
    hasEventStreams,
    clock,
    report: (status) => said.push(status),
  });
  const aircallSeconds = () => Math.floor(clock.truth.now() / 1000);
  let nextId = 1;
  return {
    watch,
    clock,
    kept,
    /** What has been reported since the last call. */
    said: () => said.splice(0),
    aircallSeconds,
    look: (look: Partial<Look> = {}) => watch.looked({ ...WELL, ...look }),
    event: () => watch.heard({ timestamp: aircallSeconds() }),
    /** Captures new calls that have just started, none of which an event has announced. */
    calls(count: number) {
      for (let call = 0; call < count; call++) {
        clock.advance(1_000);
        watch.captured([callOf(nextId++, aircallSeconds())]);
      }
    },
    at: (ms: number) => new Date(ms).toISOString(),
  };
}

const callOf = (id: number, startedAt: number): Document => ({
  id,
  started_at: startedAt,
  _meta: { op: "u" },
});

const SILENT =
  /^No event has come since \S+, although there have been calls\. Check that https:\/\/acme-8080\.plane\.test leads to port 8080 of this capture\. Until events come, changes are captured by polling\.$/;

describe("an address that leads here", () => {
  test("is waited for and then confirmed, once", () => {
    const world = watchWorld();
    world.look({ state: "created" });
    expect(world.said()).toEqual([
      "Waiting for the first event. It comes if https://acme-8080.plane.test leads to port 8080 of this capture, once something happens in the account.",
    ]);
    world.event();
    expect(world.said()).toEqual(["Events are received."]);
    world.event();
    world.look();
    expect(world.said()).toEqual([]);
  });

  test("is not doubted while events come, however many calls there are", () => {
    const world = watchWorld();
    world.look();
    world.said();
    for (let minute = 0; minute < 60; minute++) {
      world.clock.advance(MINUTE_MS);
      world.event();
      world.calls(5);
      world.look();
    }
    expect(world.said()).toEqual(["Events are received."]);
  });

  test("is not doubted in a night without calls, nor because of old calls or of one that changes again and again", () => {
    const world = watchWorld();
    world.look();
    world.event();
    world.said();
    const startedAt = world.aircallSeconds();
    world.clock.advance(8 * HOUR_MS);
    world.watch.captured([1, 2, 3, 4, 5].map((id) => callOf(id, startedAt - id)));
    for (let change = 0; change < 9; change++) world.watch.captured([callOf(6, world.aircallSeconds() - 60)]);
    world.watch.captured([{ id: 7, updated_at: world.aircallSeconds(), _meta: { op: "u" } }]);
    world.look();
    expect(world.said()).toEqual([]);
  });

  test("is not doubted because of calls that began before the webhook was there", () => {
    const world = watchWorld();
    const startedAt = world.aircallSeconds();
    world.watch.captured([1, 2, 3].map((id) => callOf(id, startedAt - id * 60)));
    world.look();
    world.said();
    world.clock.advance(30_000);
    world.watch.captured([4, 5, 6].map((id) => callOf(id, startedAt + 10)));
    world.clock.advance(HOUR_MS);
    world.watch.captured([]);
    world.look();
    expect(world.said()).toEqual([]);
  });
});

describe("an address that does not lead here", () => {
  test("is reported after three calls and ten minutes without an event, once an hour until events come", () => {
    const world = watchWorld();
    world.look();
    const lookedMs = world.clock.now();
    world.clock.advance(2 * MINUTE_MS);
    world.calls(3);
    expect(world.said()).toHaveLength(1);
    world.clock.advance(8 * MINUTE_MS);
    world.look();
    expect(world.said()).toEqual([expect.stringMatching(SILENT)]);
    world.clock.advance(50 * MINUTE_MS);
    world.calls(20);
    world.look();
    expect(world.said()).toEqual([]);
    world.clock.advance(10 * MINUTE_MS);
    world.look();
    expect(world.said()).toEqual([expect.stringContaining(world.at(lookedMs))]);
    world.event();
    world.event();
    expect(world.said()).toEqual(["Events come again."]);
  });

  test("is not reported after two calls, nor before ten minutes", () => {
    const world = watchWorld();
    world.look();
    world.event();
    world.said();
    world.clock.advance(9 * MINUTE_MS);
    world.calls(3);
    world.look();
    expect(world.said()).toEqual([]);
    world.event();
    world.clock.advance(HOUR_MS);
    world.calls(2);
    world.look();
    expect(world.said()).toEqual([]);
    world.calls(1);
    expect(world.said()).toEqual([expect.stringMatching(SILENT)]);
  });

  test("is not reported while the webhook cannot be set up, which is reported as that, once", () => {
    const world = watchWorld();
    const refusal = "No events are received: the webhook cannot be set up, and the log says why.";
    world.look({ state: "refused" });
    world.clock.advance(HOUR_MS);
    world.calls(9);
    world.look({ state: "unreachable" });
    world.look({ state: "refused" });
    expect(world.said()).toEqual([refusal]);
    expect(world.kept).toEqual({});
    world.look({ state: "created" });
    expect(world.said()).toEqual([expect.stringContaining("Waiting")]);
    world.look({ state: "refused" });
    world.look();
    world.look();
    expect(world.said()).toEqual([refusal, "The webhook is set up again."]);
  });

  test("is not reported while Aircall cannot be reached, which the streams report", () => {
    const world = watchWorld();
    world.look({ state: "unreachable" });
    world.clock.advance(HOUR_MS);
    world.calls(9);
    world.look({ state: "unreachable" });
    expect(world.said()).toEqual([]);
  });

  test("after more than twelve hours has lost what no list has", () => {
    const world = watchWorld();
    world.look();
    const lookedMs = world.clock.now();
    world.clock.advance(HOUR_MS);
    world.calls(3);
    world.look();
    world.said();
    world.clock.advance(13 * HOUR_MS);
    world.event();
    const from = world.at(lookedMs);
    expect(world.said()).toEqual([
      "Events come again.",
      `Aircall may have sent no events from ${from} to ${world.at(world.clock.now())}. Other changes are caught up by polling. Messages and events of that time are gone, since no list has them.`,
    ]);
  });
});

test.each([3, -3, 20, -20])("a clock that is %i hours ahead makes no difference", (hours) => {
  const world = watchWorld({ aheadMs: hours * HOUR_MS });
  const startedAt = world.aircallSeconds();
  world.watch.captured([1, 2, 3, 4].map((id) => callOf(100 + id, startedAt - id * 60)));
  world.look();
  world.clock.advance(HOUR_MS);
  world.look();
  world.event();
  expect(world.said()).toEqual([expect.stringContaining("Waiting"), "Events are received."]);
  world.calls(2);
  world.clock.advance(HOUR_MS);
  world.look();
  expect(world.said()).toEqual([]);
  world.calls(1);
  expect(world.said()).toEqual([expect.stringMatching(SILENT)]);
});

describe("what may be lost is reported", () => {
  const LOST =
    /^Aircall may have sent no events from (\S+|an unknown time) to \S+\. Other changes are caught up by polling\./;

  test("when the webhook was gone or disabled, since it was last seen well", () => {
    const world = watchWorld();
    world.look();
    world.event();
    world.said();
    const wellMs = world.clock.now();
    world.clock.advance(4 * MINUTE_MS);
    world.look({ state: "re-enabled", gap: { sinceMs: wellMs } });
    expect(world.said()).toEqual([
      `Aircall may have sent no events from ${world.at(wellMs)} to ${world.at(world.clock.now())}. Other changes are caught up by polling. Messages and events of that time are gone, since no list has them.`,
    ]);
  });

  test("since the last event, when the webhook was disabled because the address does not lead here", () => {
    const world = watchWorld();
    world.look();
    world.event();
    const heardMs = world.clock.now();
    world.clock.advance(HOUR_MS);
    world.calls(3);
    world.said();
    world.look({ state: "re-enabled", gap: { sinceMs: world.clock.now() - 4 * MINUTE_MS } });
    expect(world.said()).toEqual([expect.stringContaining(`from ${world.at(heardMs)}`)]);
  });

  test("when the webhook was disabled while no capture ran, since the state says that it was well", () => {
    const first = watchWorld();
    first.look();
    const { wellAt = 0 } = first.kept;
    const world = watchWorld({ state: { wellAt } });
    world.clock.advance(HOUR_MS);
    world.look({ state: "re-enabled", gap: { sinceMs: undefined } });
    expect(world.said()).toEqual([expect.stringContaining(`from ${world.at(Number(wellAt) * 1000)}`)]);
    world.event();
    expect(world.said()).toEqual([]);
  });

  test.each([
    [11, false],
    [13, true],
  ])("when no capture ran for %i hours: %s", (hours, isLost) => {
    const first = watchWorld();
    first.look();
    const world = watchWorld({ state: first.kept });
    world.clock.advance(hours * HOUR_MS);
    world.look();
    const [said = ""] = world.said();
    expect(LOST.test(said)).toBe(isLost);
    world.clock.advance(4 * MINUTE_MS);
    world.look();
    expect(world.said()).toEqual([]);
  });

  test("when no capture ran for thirteen hours, also if the first looks fail", () => {
    const first = watchWorld();
    first.look();
    const world = watchWorld({ state: first.kept });
    world.clock.advance(13 * HOUR_MS);
    world.look({ state: "unreachable" });
    expect(world.said()).toEqual([]);
    world.clock.advance(HOUR_MS);
    world.look();
    expect(world.said()).toEqual([expect.stringMatching(LOST)]);
  });

  test("not at the first start, and not with a state that cannot be read", () => {
    for (const state of [{}, { wellAt: null }, { wellAt: "yesterday" }]) {
      const world = watchWorld({ state });
      world.look({ state: "created" });
      expect(world.said()).toEqual([expect.stringContaining("Waiting")]);
    }
  });

  test("from an unknown time, where the state does not say when the webhook was well", () => {
    const world = watchWorld();
    world.look({ state: "created", gap: { sinceMs: undefined } });
    expect(world.said()).toEqual([expect.stringContaining("from an unknown time")]);
  });

  test("without a word of messages where no such stream is captured", () => {
    const world = watchWorld({ hasEventStreams: false });
    world.look({ state: "re-enabled", gap: { sinceMs: 0 } });
    expect(world.said()).toEqual([expect.not.stringContaining("gone")]);
  });

  test("by the next process, when none came for thirteen hours and this was not yet reported", () => {
    const first = watchWorld();
    first.look();
    first.clock.advance(HOUR_MS);
    first.calls(3);
    for (let look = 0; look < 13; look++) {
      first.clock.advance(HOUR_MS);
      first.look();
    }
    const world = watchWorld({ state: first.kept });
    world.clock.advance(14 * HOUR_MS);
    world.look();
    expect(world.said()).toEqual([expect.stringMatching(LOST)]);
  });
});

const QUIET = { calls: 0, contacts: 3, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };

test.each([5, -5, 30, -20])(
  "a capture whose clock is %i hours ahead captures changes within five seconds",
  async (hours) => {
    await using world = await startEventWorld({ account: QUIET });
    world.clock.aheadMs = hours * HOUR_MS;
    const { calls, contacts, messages } = world.emulator.account;
    const old = calls.ring();
    calls.end(old);
    await using follower = world.follow(["calls", "contacts", "events", "messages"]);
    await follower.pass(HOUR_MS);
    const contact = contacts.add();
    const message = messages.receive();
    const recent = calls.ring();
    calls.archive(old);
    const documents = await follower.pass(5_000);
    for (const row of [
      { id: old, archived: true },
      { id: recent, status: "initial" },
      { id: contact },
      { id: message, status: "received" },
      { event: "call.archived" },
    ])
      expect(documents, JSON.stringify(row)).toContainEqual(expect.objectContaining(row));
    const said = world.ports.log.lines.filter((line) => /[Ee]vent/.test(line));
    expect(said).toEqual([
      expect.stringContaining("Waiting for the first event"),
      "info Events are received.",
    ]);
  },
);

test("a capture whose clock is more than a day behind skips present calls, and says so", async () => {
  await using world = await startEventWorld({ account: QUIET });
  world.clock.aheadMs = -30 * HOUR_MS;
  await using follower = world.follow(["calls"]);
  await follower.pass(MINUTE_MS);
  const id = world.emulator.account.calls.ring();
  expect(await follower.pass(MINUTE_MS)).toEqual([]);
  expect(world.ports.log.lines).toContainEqual(expect.stringMatching(/skipped a row.*started_at/));
  world.clock.aheadMs = 0;
  expect(await follower.pass(10 * MINUTE_MS)).toContainEqual(expect.objectContaining({ id }));
});

test("a capture whose webhook sends elsewhere says so, and goes on by polling", async () => {
  await using world = await startEventWorld({ account: QUIET, events: { losses: 1 } });
  await using follower = world.follow(["calls"]);
  await follower.pass(2 * MINUTE_MS);
  for (let call = 0; call < 4; call++) {
    const id = world.emulator.account.calls.ring();
    world.emulator.account.calls.end(id);
    expect(await follower.pass(3 * MINUTE_MS)).toContainEqual(expect.objectContaining({ id }));
  }
  const said = world.ports.log.lines.filter((line) => line.includes("No event has come since"));
  expect(said).toEqual([
    expect.stringContaining(`Check that ${world.eventsUrl} leads to port ${new URL(world.eventsUrl).port}`),
  ]);
  world.emulator.events.options.losses = 0;
  world.emulator.account.calls.ring();
  await follower.pass(MINUTE_MS);
  expect(world.ports.log.lines).toContain("info Events come again.");
});

describe("re-reads with requests to spare", () => {
  test("go on until the first event, while none come, and for a day after some were lost", () => {
    const world = watchWorld();
    expect(world.watch.areComing).toBe(false);
    world.look({ state: "created" });
    expect(world.watch.areComing).toBe(false);
    world.event();
    expect(world.watch.areComing).toBe(true);
    world.look({ state: "refused" });
    expect(world.watch.areComing).toBe(false);
    world.look({ state: "re-enabled", gap: { sinceMs: world.clock.now() - HOUR_MS } });
    world.event();
    world.clock.advance(24 * HOUR_MS - 1);
    expect(world.watch.areComing).toBe(false);
    world.clock.advance(1);
    expect(world.watch.areComing).toBe(true);
    world.calls(5);
    world.clock.advance(11 * MINUTE_MS);
    world.calls(1);
    expect(world.watch.areComing).toBe(false);
    world.event();
    expect(world.watch.areComing).toBe(false);
    world.clock.advance(24 * HOUR_MS);
    expect(world.watch.areComing).toBe(true);
  });
});
