import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { freePort } from "../support/event-world.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { emulated, runProgram, startProgram } from "../support/program.ts";

const ACCOUNT = { calls: 20, days: 2, contacts: 5, users: 3, numbers: 2, teams: 1, tags: 2, webhooks: 0 };

/** An account that lives in real time and sends its events to this machine. */
async function livingAccount() {
  const emulator = await startEmulator({ limit: null, account: ACCOUNT, httpOnThisMachine: true });
  return Object.assign(emulator, { [Symbol.asyncDispose]: emulator.close });
}

async function environment(url: string) {
  const port = await freePort();
  const env: Record<string, string> = { ...emulated(url), AIRCALL_EVENTS_PORT: String(port) };
  return { env, port, eventsUrl: `http://127.0.0.1:${port}` };
}

const TABLES =
  "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_type = 'BASE TABLE'";

describe("capture --follow --events-url", () => {
  test("captures events and messages beside the rest, and shows the state of events", async () => {
    using folder = temporaryFolder();
    await using aircall = await livingAccount();
    const { env, eventsUrl } = await environment(aircall.url);
    const path = folder.file("a.duckdb");
    const running = startProgram(["capture", "--to", path, "--follow", "--events-url", eventsUrl], env);
    await running.shows("events: Waiting for the first event.");
    const id = aircall.account.messages.receive({ body: "Is my order on its way?" });
    await running.shows("events: Events are received.");
    // An event is answered once it is in the file.
    const received = () => aircall.events.record.received.get("message.received");
    await expect.poll(received, { timeout: 20_000 }).toBe(1);
    running.stop();
    const { exitCode, stdout, stderr } = await running.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^messages +1 /m);
    expect(stderr).not.toContain("error");
    const rows = await askFile(path, "SELECT id, body, direction FROM messages");
    expect(rows).toEqual([{ id, body: "Is my order on its way?", direction: "inbound" }]);
    const tables = await askFile(path, `${TABLES} ORDER BY table_name`);
    expect(tables.map(({ table_name }) => table_name)).toEqual([
      "calls",
      "company",
      "contacts",
      "events",
      "messages",
      "numbers",
      "tags",
      "teams",
      "user_availablity",
      "users",
      "webhooks",
    ]);
  });

  test("with --json writes an object for each sentence about events", async () => {
    using folder = temporaryFolder();
    await using aircall = await livingAccount();
    const { env, eventsUrl, port } = await environment(aircall.url);
    const config = folder.write("config.json", { advanced: { events_url: eventsUrl } });
    const options = ["--config", config, "--follow", "--json", "--streams", "tags,numbers"];
    const running = startProgram(["capture", "--to", folder.file("a.duckdb"), ...options], env);
    await running.shows("Waiting for the first event");
    running.stop();
    const { exitCode, stdout } = await running.ended;
    expect(exitCode).toBe(0);
    const objects = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(objects.filter(({ event }) => event === "status")).toEqual([
      { event: "status", message: expect.stringContaining(`${eventsUrl} leads to port ${port}`) },
    ]);
    expect(objects.at(-1)).toMatchObject({ event: "summary" });
  });

  test("without --follow is refused before anything is made or requested", async () => {
    using folder = temporaryFolder();
    await using aircall = await livingAccount();
    const { env, eventsUrl } = await environment(aircall.url);
    const path = folder.file("a.duckdb");
    const ended = await runProgram(["capture", "--to", path, "--events-url", eventsUrl], env);
    expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ended.stderr).toMatch(
      /^error: --events-url needs --follow: .* Add --follow, or leave --events-url out\.\n/,
    );
    expect(aircall.requests.total).toBe(0);
    await expect(askFile(path, TABLES)).resolves.toEqual([]);
  });

  test("a pass whose config has an address captures what Aircall lists, and warns once", async () => {
    using folder = temporaryFolder();
    await using aircall = await livingAccount();
    const { env, eventsUrl } = await environment(aircall.url);
    const config = folder.write("config.json", { advanced: { events_url: eventsUrl } });
    const path = folder.file("a.duckdb");
    const ended = await runProgram(["capture", "--to", path, "--config", config], env);
    expect(ended.exitCode).toBe(0);
    expect(ended.stderr.match(/a run that makes one pass and ends: it receives no events/g)).toHaveLength(1);
    expect(aircall.account.webhooks.listed).toEqual([]);
    const tables = (await askFile(path, TABLES)).map(({ table_name }) => table_name);
    expect(tables).toHaveLength(9);
    expect(tables).not.toContain("events");
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      "is no number",
      { AIRCALL_EVENTS_PORT: "http" },
      /^error: AIRCALL_EVENTS_PORT must be a port, from 0 to 65535\.$/m,
    ],
    ["is too high", { AIRCALL_EVENTS_PORT: "65536" }, /^error: AIRCALL_EVENTS_PORT must be a port/m],
    [
      "is at an address of another machine",
      { AIRCALL_EVENTS_HOST: "203.0.113.7" },
      /^error: Port \d+ at 203\.0\.113\.7, .* Correct AIRCALL_EVENTS_PORT and AIRCALL_EVENTS_HOST\.$/m,
    ],
  ])("a port that %s ends the capture with a sentence", async (_, wrong, words) => {
    using folder = temporaryFolder();
    await using aircall = await livingAccount();
    const { env, eventsUrl } = await environment(aircall.url);
    const options = ["--streams", "tags", "--follow", "--events-url", eventsUrl];
    const path = folder.file("a.duckdb");
    const ended = await runProgram(["capture", "--to", path, ...options], { ...env, ...wrong });
    expect(ended).toMatchObject({ exitCode: 78, stdout: "", stderr: expect.stringMatching(words) });
  });

  test("a port that is taken ends the capture with a sentence", async () => {
    using folder = temporaryFolder();
    await using aircall = await livingAccount();
    const { env, eventsUrl, port } = await environment(aircall.url);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    const options = ["--streams", "tags", "--follow", "--events-url", eventsUrl];
    const ended = await runProgram(["capture", "--to", folder.file("a.duckdb"), ...options], env);
    await new Promise((resolve) => taken.close(resolve));
    expect(ended).toMatchObject({ exitCode: 78, stdout: "" });
    expect(ended.stderr).toMatch(
      new RegExp(`^error: Port ${port}, .* is in use\\. Set AIRCALL_EVENTS_PORT to a free port`, "m"),
    );
  });
});
