import { describe, expect, test } from "vitest";
import { API_ID, API_TOKEN, type Emulator, startEmulator } from "../../emulator/index.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { TestClock } from "../support/clock.ts";
import { draws, isDeep } from "../support/draws.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { emulated, runProgram, spawnProgram, startInTime } from "../support/program.ts";
import { nthRequest, stillAccount } from "../support/still-account.ts";
import { expectTruth } from "../support/truth.ts";

async function capture(path: string, aircall: Emulator, ...options: string[]) {
  return runProgram(["capture", "--to", path, ...options], emulated(aircall.url));
}

describe("an account arrives whole in a DuckDB file", () => {
  test("all nine streams, each object in a row of its own", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const ended = await capture(folder.file("a.duckdb"), aircall);
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toMatch(/Captured [\d,]+ documents with \d+ requests in .* into .*a\.duckdb\./);
    for (const stream of listedStreamNames) await expectTruth(folder.file("a.duckdb"), aircall, stream);
  });

  // test/streams/window-edges.test.ts has a burst like this one in the usual run.
  test.runIf(isDeep)(
    "more calls than Aircall lists at once, with 700 in one second across row 10,000",
    async () => {
      using folder = temporaryFolder();
      await using aircall = await stillAccount({ account: { calls: 30_000 } });
      const rows = [...aircall.truth("calls")] as { started_at: number }[];
      const crowdedSecond = rows[9_650]?.started_at ?? 0;
      aircall.account.calls.add(700, { startedAtSeconds: crowdedSecond });
      const ended = await capture(folder.file("a.duckdb"), aircall, "--streams", "calls");
      expect(ended.exitCode).toBe(0);
      await expectTruth(folder.file("a.duckdb"), aircall, "calls");
      const [crowd] = await askFile(
        folder.file("a.duckdb"),
        `SELECT count(*) AS calls FROM calls WHERE started_at = ${crowdedSecond}`,
      );
      expect(Number(crowd?.calls)).toBeGreaterThanOrEqual(700);
    },
  );

  test("an empty account", async () => {
    using folder = temporaryFolder();
    const nothing = { calls: 0, users: 0, numbers: 0, teams: 0, tags: 0, contacts: 0, webhooks: 0 };
    await using aircall = await stillAccount({ account: nothing });
    const ended = await capture(folder.file("a.duckdb"), aircall);
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toContain("Captured 1 document with");
  });

  test("all but a row that cannot be used, which is named and counted", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const [first, ...others] = [...aircall.truth("teams")];
    const teams = [first, ...others, { name: "Sales" }];
    const body = { meta: { total: teams.length, next_page_link: null }, teams };
    aircall.faults.add({ kind: "status", status: 200, match: "/v1/teams", every: 1, body });
    const ended = await capture(folder.file("a.duckdb"), aircall, "--streams", "teams");
    expect(ended.exitCode).toBe(0);
    expect(ended.stderr).toMatch(/^warn: teams: skipped a row.*"id" is missing$/m);
    expect(ended.stdout).toContain("Skipped, for the reasons above: 1 row of teams.");
    const asJson = await capture(folder.file("a.duckdb"), aircall, "--streams", "teams", "--json");
    expect(asJson.stdout).toContain('"passedOver":1');
    expect(asJson.stdout + asJson.stderr).not.toContain("Sales");
    await expectTruth(folder.file("a.duckdb"), aircall, "teams");
  });

  test("calls from a start date on", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const rows = [...aircall.truth("calls")] as { started_at: number }[];
    const day = new Date((rows[1_500]?.started_at ?? 0) * 1000).toISOString().slice(0, 10);
    await capture(folder.file("a.duckdb"), aircall, "--streams", "calls", "--start-date", day);
    const [oldest] = await askFile(
      folder.file("a.duckdb"),
      "SELECT min(started_at) AS started_at, count(*) AS calls FROM calls",
    );
    const startSeconds = Date.parse(day) / 1000;
    expect(Number(oldest?.calls)).toBe(rows.filter(({ started_at }) => started_at > startSeconds).length);
    expect(Number(oldest?.started_at)).toBeGreaterThan(startSeconds);
  });
});

describe("run again, a capture goes on where it stopped", () => {
  test("and captures nothing twice", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const path = folder.file("a.duckdb");
    await capture(path, aircall, "--streams", "company,contacts,tags,teams,webhooks");
    const again = await capture(path, aircall, "--json", "--streams", "company,contacts,tags,teams,webhooks");
    expect(summaryOf(again.stdout).map(({ documents, deletions }) => documents + deletions)).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  test("and captures what is new, changed and gone", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const path = folder.file("a.duckdb");
    await capture(path, aircall);
    const { account } = aircall;
    const ringing = account.calls.ring({ direction: "inbound" });
    const [tag] = [...aircall.truth("tags")] as { id: number }[];
    account.tags.remove(tag?.id ?? 0);
    const [contact] = [...aircall.truth("contacts")] as { id: number }[];
    account.contacts.edit(contact?.id ?? 0, { firstName: "Renamed" });
    account.renameCompany("Other Sample Ltd");
    const again = await capture(path, aircall);
    expect(again.stdout).toMatch(/nothing captured twice; \d+ new, \d+ changed, 2 deleted\./);
    const [found] = await askFile(
      path,
      `SELECT (SELECT count(*) FROM calls WHERE id = ${ringing}) AS calls,
      (SELECT count(*) FROM tags WHERE id = ${tag?.id}) AS tags,
      (SELECT first_name FROM contacts WHERE id = ${contact?.id}) AS contact,
      (SELECT string_agg(name) FROM company) AS company`,
    );
    expect({ ...found, calls: Number(found?.calls), tags: Number(found?.tags) }).toEqual({
      calls: 1,
      tags: 0,
      contact: "Renamed",
      company: "Other Sample Ltd",
    });
  });

  test("after it was killed at any moment, and each object is there once", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const path = folder.file("a.duckdb");
    for (let requests = 5; requests <= 80; requests += draws(40, 5)) {
      const reached = nthRequest(aircall, requests);
      const running = spawnProgram(["capture", "--to", path], emulated(aircall.url));
      await Promise.race([reached, running.ended]);
      running.kill();
      await running.ended;
    }
    const ended = await capture(path, aircall);
    expect(ended.exitCode).toBe(0);
    for (const stream of listedStreamNames) await expectTruth(path, aircall, stream);
  });

  test.runIf(isDeep)("after it was asked to stop", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const path = folder.file("a.duckdb");
    const thirtieth = nthRequest(aircall, 30);
    aircall.faults.add({ kind: "hang", nth: 30, every: 1 });
    const running = spawnProgram(["capture", "--to", path], emulated(aircall.url));
    await thirtieth;
    running.process.kill("SIGINT");
    const stopped = await running.ended;
    aircall.faults.clear();
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stdout).toContain("Stopped early: run the same command to go on.");
    expect((await capture(path, aircall)).exitCode).toBe(0);
    await expectTruth(path, aircall, "calls");
  });
});

describe("a stream that cannot be captured", () => {
  test("leaves the others, is named, and ends with exit code 1", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    aircall.faults.add({ match: "/v1/tags", kind: "status", status: 403, every: 1 });
    const ended = await capture(folder.file("a.duckdb"), aircall);
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain("Aircall accepts the API key and yet refuses /v1/tags (HTTP 403");
    expect(ended.stdout).toContain("Not captured whole, for the reasons above: tags.");
    for (const stream of listedStreamNames.filter((name) => name !== "tags")) {
      await expectTruth(folder.file("a.duckdb"), aircall, stream);
    }
  });
});

describe("--json", () => {
  test("prints an object a line and nothing else", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const ended = await capture(folder.file("a.duckdb"), aircall, "--json");
    const lines = ended.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(new Set(lines.map(({ event }) => event))).toEqual(new Set(["progress", "summary"]));
    expect(lines.at(-1)).toMatchObject({ event: "summary", streams: expect.any(Array) });
    expect(ended.stderr).toBe("");
  });
});

function summaryOf(stdout: string): { stream: string; documents: number; deletions: number }[] {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "").streams;
}

describe("a run within a minute of another one", () => {
  const begin = async (limit: number) => {
    const folder = temporaryFolder();
    const clock = new TestClock();
    const account = { calls: 60, days: 3, contacts: 60 };
    const emulator = await startEmulator({ clock, limit, windowShape: "sliding", account });
    const config = folder.write("config.json", {
      api_id: API_ID,
      api_token: API_TOKEN,
      advanced: { requests_per_minute: 14 },
    });
    const args = ["capture", "--to", folder.file("a.duckdb"), "--config", config];
    const start = () => startInTime(clock, emulator)(args, { AIRCALL_API_URL: emulator.url });
    return {
      clock,
      emulator,
      start,
      [Symbol.asyncDispose]: async () => {
        await emulator.close();
        folder[Symbol.dispose]();
      },
    };
  };

  test("sends no request too many", async () => {
    await using world = await begin(14);
    for (let runs = 0; runs < 3; runs++) {
      const { exitCode, stderr } = await world.clock.runWhile(world.start().ended);
      expect(exitCode).toBe(0);
      expect(stderr).not.toContain("warn:");
    }
    expect(world.emulator.requests.total).toBeGreaterThan(28);
    expect(world.emulator.requests.refused).toBe(0);
  });

  test("waits for the rest of a block that the other one has met, and reports that once", async () => {
    await using world = await begin(1_000);
    const { clock, emulator } = world;
    emulator.faults.add({ kind: "status", status: 429, match: "/v1/tags" });
    const first = world.start();
    await clock.runUntil(clock.now() + 10_000);
    first.stop();
    await clock.runWhile(first.ended, 1);
    const before = emulator.requests.total;
    const second = world.start();
    await clock.runUntil(clock.now() + 45_000);
    expect(emulator.requests.total).toBe(before);
    const { exitCode, stderr } = await clock.runWhile(second.ended);
    expect(exitCode).toBe(0);
    expect(stderr.match(/warn: .*all requests wait for \d+ s/g)).toHaveLength(1);
  });
});
