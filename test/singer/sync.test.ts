import { describe, expect, test } from "vitest";
import type { Emulator, StreamName } from "../../emulator/index.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { draws } from "../support/draws.ts";
import { temporaryFolder } from "../support/files.ts";
import { emulated } from "../support/program.ts";
import { CONFIG, type JsonObject, runTap, SingerTarget, spawnTap, type TapFiles } from "../support/singer.ts";
import { nthRequest, stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";

function expectTruth(
  target: SingerTarget,
  aircall: Emulator,
  names: readonly StreamName[] = listedStreamNames,
): void {
  for (const name of names) expectDocuments(target.rows(name), aircall, name);
}

/** A run that is to succeed, on top of what a target has taken in before. */
async function run(
  aircall: Emulator,
  before = new SingerTarget(),
  files: TapFiles = {},
): Promise<SingerTarget> {
  using folder = temporaryFolder();
  const ended = await runTap(folder, { state: before.state, ...files }, emulated(aircall.url));
  expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
  return before.next().takeAll(ended.stdout);
}

const CALLS_OF_A_PAGE = 50;

const SMALL = { calls: 300, days: 60, contacts: 120, tags: 60 };

describe("a run", () => {
  test("writes the whole account, with every schema first", async () => {
    await using aircall = await stillAccount();
    const target = await run(aircall);
    expectTruth(target, aircall);
    const types = target.messages.map(({ type }) => type);
    expect(types.slice(0, 11)).toEqual([...Array(9).fill("SCHEMA"), "STATE", "RECORD"]);
    expect(types.at(-1)).toBe("STATE");
    expect(target.messages[9]).toEqual({ type: "STATE", value: { bookmarks: {} } });
  });

  test.each(["", "T00:00:00", "T00:00:00.000", "T00:00:00Z", "T02:00:00+02:00"])(
    "begins with a day that is written as day%s",
    async (time) => {
      await using aircall = await stillAccount({ account: { calls: 300, contacts: 0 } });
      const calls = [...aircall.truth("calls")] as { started_at: number }[];
      const day = new Date((calls[150]?.started_at ?? 0) * 1000).toISOString().slice(0, 10);
      const config = { ...CONFIG, start_date: `${day}${time}` };
      const catalog = { streams: [{ tap_stream_id: "calls" }] };
      const expected = calls.filter(({ started_at }) => started_at > Date.parse(day) / 1000);
      expect((await run(aircall, undefined, { config, catalog })).rows("calls")).toHaveLength(
        expected.length,
      );
    },
  );

  test("may go on from each of its states, and no record is missed", async () => {
    // So many tags that a state comes right after their last record, which no later reading gives again.
    await using aircall = await stillAccount({ account: { calls: 1_200, contacts: 200, tags: 1_100 } });
    const whole = await run(aircall);
    const ends = [...whole.messages.keys()].filter((line) => whole.messages[line]?.type === "STATE");
    expect(ends.length).toBeGreaterThan(2);
    for (const end of ends) {
      const part = new SingerTarget();
      for (const message of whole.messages.slice(0, end + 1)) part.take(message);
      expectTruth(await run(aircall, part), aircall);
    }
  });

  test("writes nothing but schemas and the state when nothing has changed", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const first = await run(aircall);
    const second = await run(aircall, first);
    expect(second.records()).toEqual([]);
    expect(second.state).toEqual(first.state);
    expect(second.messages.filter(({ type }) => type === "STATE")).toHaveLength(1);
  });

  test("writes what is new, changed and gone since the state, and nothing else", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const { account } = aircall;
    const tag = account.tags.add();
    const first = await run(aircall);
    const call = account.calls.ring({ direction: "inbound" });
    account.tags.remove(tag);
    const [contact] = [...aircall.truth("contacts")] as { id: number }[];
    account.contacts.edit(contact?.id ?? 0, { firstName: "Renamed" });
    const company = account.companyName;
    account.renameCompany("Other Sample Ltd");
    const second = await run(aircall, first);
    expectTruth(second, aircall);
    const keys = (stream: string) => second.records(stream).map(({ id, name }) => id ?? name);
    expect(keys("calls")).toEqual([call]);
    expect(keys("contacts")).toEqual([contact?.id]);
    expect(keys("teams")).toEqual([]);
    const deletedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(second.records("tags")).toEqual([{ id: tag, _sdc_deleted_at: deletedAt }]);
    expect(second.records("company")).toEqual([
      expect.objectContaining({ name: "Other Sample Ltd", _sdc_deleted_at: null }),
      { name: company, _sdc_deleted_at: deletedAt },
    ]);
  });

  test("finds a deleted contact with its daily reading", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const first = await run(aircall);
    const [contact] = [...aircall.truth("contacts")] as { id: number }[];
    aircall.account.contacts.remove(contact?.id ?? 0);
    const bookmark = first.bookmark("contacts");
    bookmark.backfilledAt = Number(bookmark.backfilledAt) - 86_400;
    const second = await run(aircall, first);
    expect(second.records("contacts")).toEqual([{ id: contact?.id, _sdc_deleted_at: expect.any(String) }]);
    expectTruth(second, aircall, ["contacts"]);
  });

  test("of some streams keeps what the state says of the others", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const first = await run(aircall);
    const catalog = { streams: [{ tap_stream_id: "tags" }] };
    aircall.account.tags.add();
    const second = await run(aircall, first, { catalog });
    for (const name of listedStreamNames) {
      const [before, after] = [first.bookmark(name), second.bookmark(name)];
      if (name === "tags") expect(after).not.toEqual(before);
      else expect(after).toEqual(before);
    }
  });

  test("from a state that a runner has laid over an older one leaves no gap", async () => {
    await using aircall = await stillAccount({ account: SMALL });
    const { account } = aircall;
    const [gone, edited] = [account.tags.add(), account.tags.add()];
    const first = await run(aircall);
    account.tags.remove(gone);
    account.calls.ring();
    const second = await run(aircall, first);
    account.tags.edit(edited, { name: "Renamed" });
    second.state = overlaid(first.state, second.state) as JsonObject;
    expectTruth(await run(aircall, second), aircall);
  });
});

/** How Meltano puts the state of a run that failed upon that of the last one that did not. */
function overlaid(below: unknown, above: unknown): unknown {
  const isObject = (value: unknown): value is JsonObject =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(below) || !isObject(above)) return above;
  const entries = Object.entries(above).map(([name, value]) => [name, overlaid(below[name], value)]);
  return { ...below, ...Object.fromEntries(entries) };
}

describe("a run that does not get to its end", () => {
  test("since a stream fails reads the others, names it and ends with exit code 1", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: SMALL });
    const failing = aircall.faults.add({ match: "/v1/tags", kind: "status", status: 403, every: 1 });
    const ended = await runTap(folder, {}, emulated(aircall.url));
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain("error: tags: Aircall accepts the API key and yet refuses /v1/tags");
    expect(ended.stderr).toContain("Not read whole, for the reasons above: tags.\n");
    const target = new SingerTarget().takeAll(ended.stdout);
    expectTruth(
      target,
      aircall,
      listedStreamNames.filter((name) => name !== "tags"),
    );
    failing.remove();
    const next = await run(aircall, target);
    expectTruth(next, aircall);
    expect(
      new Set(next.messages.filter(({ type }) => type === "RECORD").map(({ stream }) => stream)),
    ).toEqual(new Set(["tags"]));
  });

  test("since it is asked to end does so after a state, and the next one goes on", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const thirtieth = nthRequest(aircall, 30);
    aircall.faults.add({ kind: "hang", nth: 30, every: 1 });
    const tap = spawnTap(folder, {}, emulated(aircall.url));
    await thirtieth;
    tap.stop();
    const ended = await tap.ended;
    expect(ended).toMatchObject({
      exitCode: 130,
      stderr: "Stopped early: run again with the last state to go on.\n",
    });
    const target = new SingerTarget().takeAll(ended.stdout);
    expect(target.messages.at(-1)?.type).toBe("STATE");
    aircall.faults.clear();
    const already = target.records("calls").length;
    expect(already).toBeGreaterThan(0);
    const next = await run(aircall, target);
    expectTruth(next, aircall);
    const left = [...aircall.truth("calls")].length - already;
    expect(next.records("calls").length).toBeLessThan(left + CALLS_OF_A_PAGE);
  });

  test("since it is killed leaves states from which the next ones go on", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: { calls: 800, contacts: 200 } });
    let target = new SingerTarget();
    for (let requests = 5; requests <= 50; requests += draws(25, 15)) {
      const reached = nthRequest(aircall, requests);
      const tap = spawnTap(folder, { state: target.state }, emulated(aircall.url));
      await Promise.race([reached, tap.ended]);
      tap.kill();
      const { stdout } = await tap.ended;
      const { state } = target;
      target = target.next().takeAll(stdout, { dropRest: true });
      target.state ??= state;
    }
    expectTruth(await run(aircall, target), aircall);
  });

  test("since nobody reads any more ends quietly", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: { calls: 20_000 } });
    const tap = spawnTap(folder, {}, emulated(aircall.url));
    await tap.shows('"RECORD"');
    tap.stdout.destroy();
    const { exitCode, stderr } = await tap.ended;
    expect(exitCode).toBe(130);
    expect(stderr).not.toContain("error");
  });
});
