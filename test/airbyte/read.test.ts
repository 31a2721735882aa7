import { describe, expect, test, vi } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import { listedStreamNames, type StreamName } from "../../src/streams/index.ts";
import { AirbyteConnection, type StreamChoice, type Sync } from "../support/airbyte.ts";
import { TestClock } from "../support/clock.ts";
import { emulated, spawnProgram, startInTime } from "../support/program.ts";
import { nthRequest, stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };
const SMALL = { calls: 300, days: 60, contacts: 60 };
const HOUR_MS = 3_600_000;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const named = (...names: string[]): StreamChoice[] => names.map((name) => ({ name }));
const airbyteName = (stream: StreamName) => stream.replace("user_availablity", "user_availability");
const ALL = named(...listedStreamNames.map(airbyteName));

function connectionTo(aircall: Emulator, choices: StreamChoice[], states?: unknown): AirbyteConnection {
  return new AirbyteConnection(CONFIG, choices, emulated(aircall.url), states);
}

/** The kinds of a stream's messages in the order in which they came, each run of records as one. */
function courseOf({ messages }: Sync, stream: string): string[] {
  const course = messages.flatMap(({ body }) => {
    const descriptor = JSON.stringify(body.stream_status ?? body.stream ?? body.error ?? {});
    if (body.stream !== stream && !descriptor.includes(`{"name":"${stream}"}`)) return [];
    if (body.stream_status) return (body.stream_status as { status: string }).status;
    if (body.error) return "ERROR";
    return body.data ? "records" : "STATE";
  });
  return course.filter((kind, index) => kind !== "records" || course[index - 1] !== "records");
}

describe("a read", () => {
  test("tells of each stream that it starts, runs, how far it has come and that it is complete", async () => {
    await using aircall = await stillAccount({ account: { ...SMALL, webhooks: 0 } });
    const sync = await connectionTo(aircall, ALL).sync();
    expect(sync.exitCode).toBe(0);
    for (const { name } of ALL) {
      const expected = ["STARTED", "RUNNING", "records", "STATE", "COMPLETE"];
      expect(courseOf(sync, name), name).toEqual(
        name === "webhooks" ? ["STARTED", "STATE", "COMPLETE"] : expected,
      );
    }
    expect({ errors: sync.errors(), logs: sync.logs() }).toEqual({ errors: [], logs: [] });
  });

  test("gives rows with the instant of reading, and without what is meant for Flow", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const beganMs = Date.now();
    const { messages } = await connectionTo(aircall, named("tags")).sync();
    const records = messages.filter(({ type }) => type === "RECORD");
    expect(records.length).toBeGreaterThan(0);
    for (const { body } of records) {
      const emittedMs = body.emitted_at as number;
      expect(emittedMs).toBeGreaterThanOrEqual(beganMs);
      expect(emittedMs).toBeLessThanOrEqual(Date.now());
      const read = new Date(emittedMs).toISOString();
      expect(body.data).toMatchObject({ _ab_cdc_updated_at: read, _ab_cdc_deleted_at: null });
      expect(body.data).not.toHaveProperty("_meta");
    }
  });

  test("tells its state every 1,000 records at least, and counts them", async () => {
    await using aircall = await stillAccount({ account: { ...SMALL, calls: 5_000 } });
    const sync = await connectionTo(aircall, named("calls")).sync();
    const counts = sync
      .states("calls")
      .map(({ sourceStats }) => (sourceStats as { recordCount: number }).recordCount);
    expect(counts.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...counts)).toBeLessThanOrEqual(1_000);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(sync.records("calls").length);
    const next = connectionTo(aircall, named("calls"), sync.states("calls"));
    expect((await next.sync()).records()).toEqual([]);
  });

  test.each(["user_availability", "user_availablity"])("knows %s, and calls it so", async (name) => {
    await using aircall = await stillAccount({ account: SMALL });
    const connection = connectionTo(aircall, named(name));
    expect((await connection.sync()).statuses(name)).toEqual(["STARTED", "RUNNING", "COMPLETE"]);
    expectDocuments(connection.rows(name), aircall, "user_availablity");
    const other = connectionTo(aircall, named("user_availability"), connection.states);
    expect((await other.sync()).records()).toEqual([]);
  });
});

describe("an incremental read", () => {
  test("that has a state gives only what has changed", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const connection = connectionTo(aircall, ALL);
    await connection.sync();
    const again = await connection.sync();
    expect(again.records()).toEqual([]);
    const { calls, contacts, tags, webhooks } = aircall.account;
    const [call, contact, tag] = [calls.ring(), contacts.add(), tags.add()];
    const edited = connection.rows("contacts")[3]?.id as number;
    contacts.edit(edited, { firstName: "Noor" });
    const gone = webhooks.listed[0]?.id ?? 0;
    webhooks.remove(gone);
    const changes = await connection.sync();
    expect(changes.exitCode).toBe(0);
    expect(changes.records("calls")).toEqual([expect.objectContaining({ id: call })]);
    expect(changes.records("contacts")).toHaveLength(2);
    expect(changes.records("contacts")).toContainEqual(expect.objectContaining({ id: contact }));
    expect(changes.records("contacts")).toContainEqual(
      expect.objectContaining({ id: edited, first_name: "Noor" }),
    );
    expect(changes.records("tags")).toEqual([expect.objectContaining({ id: tag })]);
    expect(changes.records("users")).toEqual([]);
    const at = expect.stringMatching(RFC_3339);
    expect(changes.records("webhooks")).toEqual([
      { id: gone, _ab_cdc_updated_at: at, _ab_cdc_deleted_at: at },
    ]);
    expectAllRows(connection, aircall);
  });

  test("goes on where a stream failed, and the others are complete", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    aircall.faults.add({ match: /^\/v1\/calls\?.*page=3/, kind: "status", status: 403, every: 1 });
    const connection = connectionTo(aircall, named("calls", "users"));
    const sync = await connection.sync();
    expect(sync.exitCode).toBe(1);
    expect(sync.statuses("users")).toEqual(["STARTED", "RUNNING", "COMPLETE"]);
    expect(courseOf(sync, "calls")).toEqual([
      "STARTED",
      "RUNNING",
      "records",
      "ERROR",
      "STATE",
      "INCOMPLETE",
    ]);
    expect(sync.errors()).toEqual([
      {
        message: expect.stringContaining("Aircall accepts the API key and yet refuses /v1/calls"),
        internal_message: expect.stringMatching(/^AccessRefused: /),
        failure_type: "config_error",
        stream_descriptor: { name: "calls" },
      },
    ]);
    aircall.faults.clear();
    const rest = await connection.sync();
    expect(rest.exitCode).toBe(0);
    expectDocuments(connection.rows("calls"), aircall, "calls");
    expect(rest.records("calls").length).toBeLessThan(connection.rows("calls").length);
  });

  test("whose key is withdrawn ends as one, and what was given stays covered", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const connection = connectionTo(aircall, named("calls", "tags"));
    aircall.faults.add({ match: /^\/v1\/calls\?.*page=3/, kind: "status", status: 403, every: 1 });
    aircall.faults.add({ match: "/v1/ping", nth: 2, kind: "status", status: 403, every: 1 });
    const sync = await connection.sync();
    expect(sync.exitCode).toBe(1);
    expect(courseOf(sync, "calls")).toEqual(["STARTED", "RUNNING", "records", "STATE", "INCOMPLETE"]);
    expect(sync.errors()).toEqual([
      expect.objectContaining({
        message: expect.stringContaining("Aircall refused the API ID and token"),
        failure_type: "config_error",
      }),
    ]);
  });

  test("that is asked to stop ends at once with a state, from which the next one goes on", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const hang = aircall.faults.add({ match: /^\/v1\/calls\?.*page=3/, kind: "hang" });
    const connection = connectionTo(aircall, named("calls", "tags"));
    const sync = await connection.sync(spawnProgram, async (running) => {
      await running.shows('"COMPLETE"');
      await vi.waitFor(() => expect(hang.struck).toBe(1), 10_000);
      running.stop();
    });
    expect(sync.exitCode).toBe(130);
    expect(sync.statuses("tags")).toEqual(["STARTED", "RUNNING", "COMPLETE"]);
    expect(courseOf(sync, "calls")).toEqual(["STARTED", "RUNNING", "records", "STATE", "INCOMPLETE"]);
    expect(sync.errors()).toEqual([]);
    const rest = await connection.sync();
    expect(rest.exitCode).toBe(0);
    expect(rest.records("calls").length).toBeLessThan(connection.rows("calls").length);
    expectDocuments(connection.rows("calls"), aircall, "calls");
  });
});

describe("the state that Airbyte's own source-aircall left", () => {
  const cursor = { created_at: "2026-06-01T00:00:00.000000+0000" };
  const stateOf = (name: string, stream_state: object) => ({
    type: "STREAM",
    stream: { stream_descriptor: { name }, stream_state },
  });

  test.each<[string, unknown]>([
    ["by stream", [stateOf("numbers", cursor), stateOf("teams", { ...cursor, slices: [] })]],
    ["in one object", { numbers: cursor, teams: cursor }],
  ])("%s begins these streams afresh, and says so", async (_, states) => {
    await using aircall = await stillAccount({ account: SMALL });
    const connection = connectionTo(aircall, named("numbers", "teams"), states);
    const sync = await connection.sync();
    expect(sync.exitCode).toBe(0);
    const sentence = (name: string) => expect.stringContaining(`The state of ${name} is another connector's`);
    expect(sync.logs()).toEqual([
      { level: "WARN", message: sentence("numbers") },
      { level: "WARN", message: sentence("teams") },
    ]);
    expectDocuments(connection.rows("numbers"), aircall, "numbers");
    expect(JSON.stringify(connection.states)).not.toContain("created_at");
    expect((await connection.sync()).records()).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["an empty list", []],
    ["an empty object", {}],
    ["a full refresh", [stateOf("numbers", {}), stateOf("faxes", {})]],
  ])("from %s is none", async (_, states) => {
    await using aircall = await stillAccount({ account: SMALL });
    const sync = await connectionTo(aircall, named("numbers"), states).sync();
    expect({ logs: sync.logs(), exitCode: sync.exitCode }).toEqual({ logs: [], exitCode: 0 });
    expect(sync.records()).toHaveLength(aircall.account.numbers.size);
  });
});

describe("a state of this connector", () => {
  interface StreamState {
    readonly stream: { readonly stream_descriptor: object; readonly stream_state: object };
  }
  const message = (state: unknown) => ({ type: "STATE", state });
  const global = (stream_states: unknown) => ({
    type: "GLOBAL",
    global: { shared_state: {}, stream_states },
  });
  const asText = ({ stream, ...others }: StreamState) => ({
    ...others,
    stream: { ...stream, stream_state: JSON.stringify(stream.stream_state) },
  });
  const byName = (states: readonly StreamState[]) =>
    Object.fromEntries(
      states.map(({ stream }) => [(stream.stream_descriptor as { name: string }).name, stream.stream_state]),
    );
  const whole = (states: readonly StreamState[]) => ({
    bindingStateV1: Object.assign(
      {},
      ...states.map(({ stream }) => (stream.stream_state as { bindingStateV1: object }).bindingStateV1),
    ),
  });

  test.each<[string, (states: readonly StreamState[]) => unknown]>([
    ["with the state of each stream as text", (states) => states.map(asText)],
    ["as text", (states) => JSON.stringify(states)],
    ["as whole STATE messages", (states) => states.map(message)],
    ["as a global state", (states) => [global(states.map(({ stream }) => stream))]],
    ["as a global state outside a list", (states) => global(states.map(({ stream }) => stream))],
    ["as a global STATE message", (states) => message(global(states.map(({ stream }) => stream)))],
    ["as one object by stream", byName],
    [
      "as one object by stream, each as text",
      (states) => ({ tags: JSON.stringify(byName(states).tags), users: byName(states).users }),
    ],
    ["as a legacy state", (states) => [{ type: "LEGACY", data: byName(states) }]],
    ["as the state of the connector", whole],
  ])("is read %s", async (_, form) => {
    await using aircall = await stillAccount({ account: SMALL });
    const connection = connectionTo(aircall, named("tags", "users"));
    await connection.sync();
    const states = form(connection.states as StreamState[]);
    const again = await connectionTo(aircall, named("tags", "users"), states).sync();
    expect({ records: again.records(), logs: again.logs() }).toEqual({ records: [], logs: [] });
  });

  test.each<[string, unknown, string]>([
    [
      "that is a text which is not JSON",
      [stateText("yesterday")],
      "The state of tags is another connector's",
    ],
    [
      "that this version cannot read",
      [stateText('{"bindingStateV1":{"tags":{"x":1}}}')],
      "The state of tags is another",
    ],
    ["that is a number", [7], "The state of several streams is another connector's"],
    ["that is null", null, "holds no state, so that reading begins from the beginning"],
  ])("%s is not used, and that is reported", async (_, states, sentence) => {
    await using aircall = await stillAccount({ account: SMALL });
    const sync = await connectionTo(aircall, named("tags"), states).sync();
    expect(sync.logs()).toEqual([{ level: "WARN", message: expect.stringContaining(sentence) }]);
    expect(sync.records()).toHaveLength(aircall.account.tags.size);
  });

  function stateText(stream_state: string) {
    return { type: "STREAM", stream: { stream_descriptor: { name: "tags" }, stream_state } };
  }
});

test("a state under the name of another stream begins neither of them from there", async () => {
  await using aircall = await stillAccount({ account: SMALL });
  const connection = connectionTo(aircall, named("teams", "tags"));
  await connection.sync();
  const [teams] = (connection.states as { stream: { stream_descriptor: { name: string } } }[]).filter(
    ({ stream }) => stream.stream_descriptor.name === "teams",
  );
  const mixedUp = [{ ...teams, stream: { ...teams?.stream, stream_descriptor: { name: "tags" } } }];
  const sync = await connectionTo(aircall, named("teams", "tags"), mixedUp).sync();
  expect(sync.logs()).toEqual([
    {
      level: "WARN",
      message: expect.stringContaining("The state of tags is another connector's or stream's"),
    },
  ]);
  expect(sync.records("tags")).toHaveLength(aircall.account.tags.size);
  expect(sync.records("teams")).toHaveLength(aircall.account.teams.size);
});

describe("a full refresh", () => {
  const choices = ["users", "calls"].map((name): StreamChoice => ({ name, syncMode: "full_refresh" }));

  test("gives every row each time, whatever the state, and no deletions", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const connection = connectionTo(aircall, choices);
    const incremental = connectionTo(aircall, named("users", "calls"));
    await incremental.sync();
    connection.states = incremental.states;
    await connection.sync();
    expectDocuments(connection.rows("calls"), aircall, "calls");
    aircall.account.users.remove(aircall.account.users.listed[0]?.id ?? 0);
    const again = await connection.sync();
    expect(again.records("users")).toHaveLength(aircall.account.users.size);
    expect(again.records().filter(({ _ab_cdc_deleted_at }) => _ab_cdc_deleted_at)).toEqual([]);
    expectDocuments(connection.rows("users"), aircall, "users");
    expectDocuments(connection.rows("calls"), aircall, "calls");
  });

  test("leaves no state, so that an incremental read after it misses nothing", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const connection = connectionTo(aircall, choices);
    const sync = await connection.sync();
    for (const { stream } of sync.states("calls")) expect(stream).toMatchObject({ stream_state: {} });
    const incremental = connectionTo(aircall, named("users", "calls"), connection.states);
    await incremental.sync();
    expectDocuments(incremental.rows("users"), aircall, "users");
    expectDocuments(incremental.rows("calls"), aircall, "calls");
  });
});

describe("the pipe", () => {
  test("whose output is not read stops the requests", async () => {
    await using aircall = await stillAccount({ account: { calls: 8_000 } });
    const clock = new TestClock(Date.now());
    const start = startInTime(clock, aircall);
    const sync = await connectionTo(aircall, named("calls")).sync(start, async ({ stdout, ended }) => {
      stdout.pause();
      await clock.runWhile(nthRequest(aircall, 1));
      await clock.runUntil(clock.now() + HOUR_MS);
      const asked = aircall.requests.total;
      await clock.runUntil(clock.now() + HOUR_MS);
      expect(aircall.requests.total).toBe(asked);
      expect(asked).toBeLessThan(50);
      stdout.resume();
      await clock.runWhile(ended);
    });
    expect(sync.exitCode).toBe(0);
  });

  test("that the reader has closed ends the process", async () => {
    await using aircall = await stillAccount({ account: { calls: 8_000 } });
    const { messages, exitCode } = await connectionTo(aircall, named("calls")).sync(
      spawnProgram,
      async (running) => {
        await running.shows('"stream":"calls"');
        running.stdout.destroy();
      },
    );
    expect(exitCode).toBe(130);
    expect(messages.length).toBeLessThan(4_000);
    expect(aircall.requests.total).toBeLessThan(80);
  });
});

test("LOG_LEVEL says what is told as a log", async () => {
  await using aircall = await stillAccount({ account: SMALL });
  const env = { ...emulated(aircall.url), LOG_LEVEL: "error" };
  const foreign = { numbers: { created_at: "2026-06-01T00:00:00.000000+0000" } };
  const sync = await new AirbyteConnection(CONFIG, named("numbers"), env, foreign).sync();
  expect({ logs: sync.logs(), exitCode: sync.exitCode }).toEqual({ logs: [], exitCode: 0 });
});

function expectAllRows(connection: AirbyteConnection, aircall: Emulator): void {
  for (const stream of listedStreamNames) {
    expectDocuments(connection.rows(airbyteName(stream)), aircall, stream);
  }
}
