import { describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/index.ts";
import { AirbyteConnection } from "../support/airbyte.ts";
import { TestClock } from "../support/clock.ts";
import { askFile, type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { FlowTask } from "../support/flow-runtime.ts";
import { emulated, type Start, startInTime } from "../support/program.ts";
import { CONFIG, SingerTarget } from "../support/singer.ts";

const DAY_MS = 86_400_000;
const NOTHING = { calls: 0, contacts: 0, users: 0, numbers: 0, teams: 0, tags: 0, webhooks: 0 };

interface Surroundings {
  readonly stream: string;
  readonly env: Record<string, string>;
  readonly folder: TemporaryFolder;
  readonly clock: TestClock;
  readonly start: Start;
}

/** Makes one process capture the stream, from where the last one ended. Returns the IDs that are kept then. */
type Night = () => Promise<unknown[]>;

const protocols: Readonly<Record<string, (surroundings: Surroundings) => Night>> = {
  Flow({ stream, env, clock, start }) {
    const task = new FlowTask(CONFIG, [{ resourceConfig: { stream }, stateKey: stream }], env);
    return async () => {
      const session = task.open(start);
      await clock.runWhile(session.caughtUp());
      await session.stop();
      return [...(task.collections[0]?.values() ?? [])].map(({ id }) => id);
    };
  },
  Airbyte({ stream, env, clock, start }) {
    const connection = new AirbyteConnection(CONFIG, [{ name: stream }], env);
    return async () => {
      const { exitCode } = await clock.runWhile(connection.sync(start));
      expect(exitCode).toBe(0);
      return connection.rows(stream).map(({ id }) => id);
    };
  },
  Singer: (surroundings) => singerNights(surroundings, "INCREMENTAL"),
  "Singer's full table": (surroundings) => singerNights(surroundings, "FULL_TABLE"),
  "a local capture"({ stream, env, folder, clock, start }) {
    const to = folder.file("aircall.duckdb");
    return async () => {
      const { ended } = start(["capture", "--to", to, "--streams", stream], env);
      expect((await clock.runWhile(ended)).exitCode).toBe(0);
      return (await askFile(to, `SELECT id FROM ${stream}`)).map(({ id }) => Number(id));
    };
  },
};

function singerNights(
  { stream, env, folder, clock, start }: Surroundings,
  replication_method: string,
): Night {
  const catalog = { streams: [{ tap_stream_id: stream, replication_method }] };
  const files = [
    "--config",
    folder.write("config.json", CONFIG),
    "--catalog",
    folder.write("cat.json", catalog),
  ];
  let target = new SingerTarget();
  return async () => {
    const state = target.state ? ["--state", folder.write("state.json", target.state)] : [];
    const { exitCode, stdout } = await clock.runWhile(start(["singer", ...files, ...state], env).ended);
    expect(exitCode).toBe(0);
    target = target.next().takeAll(stdout);
    return target.rows(stream).map(({ id }) => id);
  };
}

async function account(rows: object) {
  const clock = new TestClock(Date.now());
  const aircall = await startEmulator({ account: { ...NOTHING, ...rows }, limit: null, clock: clock.truth });
  return { aircall, clock, [Symbol.asyncDispose]: () => aircall.close() };
}

function surroundings(aircall: Emulator, clock: TestClock, folder: TemporaryFolder, stream: string) {
  return { stream, env: emulated(aircall.url), folder, clock, start: startInTime(clock, aircall) };
}

describe.each(Object.entries(protocols))("with %s", (_, nightsOf) => {
  test("120 contacts of which 59 were changed before their creation are captured", async () => {
    using folder = temporaryFolder();
    await using world = await account({});
    const { aircall, clock } = world;
    const { contacts } = aircall.account;
    const ids = Array.from({ length: 61 }, () => contacts.add());
    clock.advance(DAY_MS);
    for (let count = 0; count < 59; count++) ids.push(contacts.add({ editedAt: [1_600_000_000 + count] }));
    const night = nightsOf(surroundings(aircall, clock, folder, "contacts"));
    expect((await night()).toSorted()).toEqual(ids.toSorted());
  });

  test("tags that are empty for a night stay, and go if they are empty the next night, too", async () => {
    using folder = temporaryFolder();
    await using world = await account({ tags: 3 });
    const { aircall, clock } = world;
    const { tags } = aircall.account;
    const ids = tags.listed.map(({ id }) => id);
    const night = nightsOf(surroundings(aircall, clock, folder, "tags"));
    expect(await night()).toEqual(ids);
    const body = { meta: { total: 0, next_page_link: null }, tags: [] };
    const outage = aircall.faults.add({ kind: "status", status: 200, match: "/v1/tags", every: 1, body });
    clock.advance(DAY_MS);
    expect(await night()).toEqual(ids);
    outage.remove();
    clock.advance(DAY_MS);
    expect(await night()).toEqual(ids);
    for (const id of ids) tags.remove(id);
    clock.advance(DAY_MS);
    expect(await night()).toEqual(ids);
    clock.advance(DAY_MS);
    expect(await night()).toEqual([]);
  });
});
