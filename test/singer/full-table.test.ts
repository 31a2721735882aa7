import { expect, test } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import { temporaryFolder } from "../support/files.ts";
import { emulated } from "../support/program.ts";
import { runTap, SingerTarget, spawnTap } from "../support/singer.ts";
import { nthRequest, stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";

const ACCOUNT = { calls: 60, days: 60, contacts: 0, tags: 70, teams: 8 };

/** Tags are read whole with every run; teams follow changes. */
const CATALOG = {
  streams: [
    {
      tap_stream_id: "tags",
      metadata: [{ breadcrumb: [], metadata: { selected: true, "replication-method": "FULL_TABLE" } }],
    },
    { tap_stream_id: "teams", metadata: [{ breadcrumb: [], metadata: { selected: true } }] },
  ],
};

async function run(aircall: Emulator, before = new SingerTarget(), exitCode = 0): Promise<SingerTarget> {
  using folder = temporaryFolder();
  const files = { catalog: CATALOG, state: before.state };
  const ended = await runTap(folder, files, emulated(aircall.url));
  expect(ended.exitCode).toBe(exitCode);
  return before.next().takeAll(ended.stdout);
}

/** The messages of a stream in short: runs of records as one. */
function course(target: SingerTarget, stream: string): string[] {
  const types = target.messages.filter((message) => message.stream === stream).map(({ type }) => type);
  return types.filter((type, index) => type !== types[index - 1]);
}

function versions(target: SingerTarget, stream: string): unknown[] {
  const ours = target.messages.filter((message) => message.stream === stream && message.type !== "SCHEMA");
  return [...new Set(ours.map(({ version }) => version))];
}

test("a table is read whole with every run, and its version is activated when it has been", async () => {
  await using aircall = await stillAccount({ account: ACCOUNT });
  const first = await run(aircall);
  expect(course(first, "tags")).toEqual(["SCHEMA", "ACTIVATE_VERSION", "RECORD", "ACTIVATE_VERSION"]);
  expect(course(first, "teams")).toEqual(["SCHEMA", "RECORD"]);
  const [version] = versions(first, "tags");
  expect(versions(first, "tags")).toEqual([expect.any(Number)]);
  expect(first.state).toMatchObject({ bookmarks: { tags: { version }, teams: { digests: {} } } });
  expect(first.messages.at(-1)?.type).toBe("STATE");

  aircall.account.tags.remove(([...aircall.truth("tags")] as { id: number }[])[0]?.id ?? 0);
  const second = await run(aircall, first);
  expect(course(second, "tags")).toEqual(["SCHEMA", "RECORD", "ACTIVATE_VERSION"]);
  expect(course(second, "teams")).toEqual(["SCHEMA"]);
  expect(Number(versions(second, "tags")[0])).toBeGreaterThan(Number(version));
  expect(second.records("tags")).toHaveLength(69);
  for (const record of second.records("tags")) expect(record._sdc_deleted_at).toBeNull();
  expectDocuments(second.rows("tags"), aircall, "tags");
});

test("a version is higher than the last one, even where the clock has been set back", async () => {
  await using aircall = await stillAccount({ account: ACCOUNT });
  const before = new SingerTarget();
  before.state = { bookmarks: { tags: { version: 9_000_000_000_000 } } };
  expect(versions(await run(aircall, before), "tags")).toEqual([9_000_000_000_001]);
});

test("a table that cannot be read keeps its rows", async () => {
  await using aircall = await stillAccount({ account: ACCOUNT });
  const first = await run(aircall);
  const failing = aircall.faults.add({ match: /tags.*page=2/, kind: "status", status: 403, every: 1 });
  const second = await run(aircall, first, 1);
  expect(course(second, "tags")).not.toContain("ACTIVATE_VERSION");
  expect(second.rows("tags")).toHaveLength(70);
  expect(second.state).toEqual(first.state);
  failing.remove();
  expectDocuments((await run(aircall, second)).rows("tags"), aircall, "tags");
});

test("a table whose second look fails keeps its rows", async () => {
  await using aircall = await stillAccount({ account: ACCOUNT });
  const first = await run(aircall);
  aircall.account.tags.remove(([...aircall.truth("tags")] as { id: number }[])[0]?.id ?? 0);
  aircall.faults.add({ match: /tags.*page=2/, kind: "status", status: 403, nth: 2, every: 1 });
  const second = await run(aircall, first, 1);
  expect(course(second, "tags")).toEqual(["SCHEMA", "RECORD"]);
  expect(second.rows("tags")).toHaveLength(70);
});

test("a row that is missed since one before it went is not removed", async () => {
  await using aircall = await stillAccount({ account: ACCOUNT });
  const first = await run(aircall);
  const gone = ([...aircall.truth("tags")] as { id: number }[])[0]?.id ?? 0;
  aircall.faults.add({ match: /tags.*page=2/, kind: "edit", edit: () => aircall.account.tags.remove(gone) });
  const second = await run(aircall, first);
  expect(course(second, "tags").at(-1)).toBe("ACTIVATE_VERSION");
  expectDocuments(second.rows("tags"), aircall, "tags");
});

test("a stream may change from one way to the other and back", async () => {
  await using aircall = await stillAccount({ account: ACCOUNT });
  using folder = temporaryFolder();
  const following = { streams: [{ tap_stream_id: "tags" }] };
  const follow = async (before: SingerTarget) => {
    const files = { catalog: following, state: before.state };
    return before.next().takeAll((await runTap(folder, files, emulated(aircall.url))).stdout);
  };
  const first = await follow(new SingerTarget());
  const second = await run(aircall, first);
  expect(course(second, "tags")).toEqual(["SCHEMA", "RECORD", "ACTIVATE_VERSION"]);
  const third = await follow(second);
  expectDocuments(third.rows("tags"), aircall, "tags");
  const fourth = await follow(third);
  expect(fourth.records()).toEqual([]);
  expect(fourth.bookmark("tags")).toHaveProperty("digests");
});

test("a table whose reading is stopped keeps its rows", async () => {
  await using aircall = await stillAccount({ account: ACCOUNT });
  using folder = temporaryFolder();
  const first = await run(aircall);
  const third = nthRequest(aircall, 3);
  aircall.faults.add({ kind: "hang", nth: 3, every: 1 });
  const tap = spawnTap(folder, { catalog: CATALOG, state: first.state }, emulated(aircall.url));
  await third;
  tap.stop();
  const { exitCode, stdout } = await tap.ended;
  expect(exitCode).toBe(130);
  const second = first.next().takeAll(stdout);
  expect(course(second, "tags")).not.toContain("ACTIVATE_VERSION");
  expect(second.rows("tags")).toHaveLength(70);
});

test("a table that had rows and is read without any keeps them for an hour, whichever run reads it", async () => {
  await using aircall = await stillAccount({ account: { ...ACCOUNT, tags: 3 } });
  const first = await run(aircall);
  for (const { id } of aircall.account.tags.listed) aircall.account.tags.remove(id);
  const second = await run(aircall, first);
  expect(course(second, "tags")).toEqual(["SCHEMA"]);
  expect(second.rows("tags")).toHaveLength(3);

  const { emptySince } = second.bookmark("tags") as { emptySince: number };
  second.state = { bookmarks: { tags: { ...second.bookmark("tags"), emptySince: emptySince - 3_600 } } };
  const third = await run(aircall, second);
  expect(course(third, "tags")).toEqual(["SCHEMA", "ACTIVATE_VERSION"]);
  expect(third.rows("tags")).toEqual([]);
  expect(course(await run(aircall, third), "tags")).toEqual(["SCHEMA", "ACTIVATE_VERSION"]);
});

test("a table that has rows again is activated, and begins anew when it is empty the next time", async () => {
  await using aircall = await stillAccount({ account: { ...ACCOUNT, tags: 3 } });
  const first = await run(aircall);
  const body = { meta: { total: 0, next_page_link: null }, tags: [] };
  aircall.faults.add({ match: "/v1/tags", kind: "status", status: 200, body, times: 2, every: 1 });
  const second = await run(aircall, first);
  expect(second.bookmark("tags")).toHaveProperty("emptySince");
  const third = await run(aircall, second);
  expect(course(third, "tags")).toEqual(["SCHEMA", "RECORD", "ACTIVATE_VERSION"]);
  expect(third.bookmark("tags")).toEqual({ version: expect.any(Number) });
  expect(third.rows("tags")).toHaveLength(3);
});

test("a table that ends before its total keeps its rows, and the run fails", async () => {
  await using aircall = await stillAccount({ account: { ...ACCOUNT, tags: 3 } });
  const first = await run(aircall);
  const body = { meta: { total: 3, next_page_link: null }, tags: [] };
  aircall.faults.add({ match: "/v1/tags", kind: "status", status: 200, body, every: 1 });
  const second = await run(aircall, first, 1);
  expect(course(second, "tags")).not.toContain("ACTIVATE_VERSION");
  expect(second.rows("tags")).toHaveLength(3);
});
