import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import type { Emulator } from "../../emulator/index.ts";
import { listedStreamNames, type StreamName } from "../../src/streams/index.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { lasting } from "../support/lasting.ts";
import { documentedLoader, documentedPlugin } from "../support/meltano.ts";
import { emulated, spawnProgram, TAP } from "../support/program.ts";
import { HASH_KEY } from "../support/secrets.ts";
import { CONFIG, SingerTarget, spawnTap } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";
import { pythonOf } from "./environment.ts";
import { postgresServer } from "./postgres-server.ts";
import { isSameValue } from "./values.ts";

const run = promisify(execFile);

type Folder = ReturnType<typeof temporaryFolder>;
type Row = Readonly<Record<string, unknown>>;
/** The rows that a loader has kept of a stream, less those that are deleted. */
interface Loaded {
  rows(stream: StreamName): Promise<readonly Row[]>;
  /** Whether the loader keeps an empty text as null. */
  readonly emptiesTexts?: boolean;
}

const SIZE = { calls: 1_500, contacts: 200, tags: 60 };

/** Read whole with each run by the tap of that name. */
const WHOLE = { tags: { "replication-method": "FULL_TABLE" }, teams: { "replication-method": "FULL_TABLE" } };

/** Meltano runs the tap into three loaders, then two Singer libraries parse every line that it writes. */
export async function* singer(python: string): AsyncGenerator<string> {
  const pythons = {
    jsonl: await pythonOf("target-jsonl"),
    duckdb: await pythonOf("target-duckdb"),
    sdk: await pythonOf("singer-sdk"),
    postgres: await pythonOf("target-postgres"),
  };
  using folder = temporaryFolder();
  writeProject(folder, pythons);
  const meltano = join(dirname(python), "meltano");
  yield* loadTwice(meltano, folder, "tap-aircall", "target-jsonl", {
    rows: (stream) => jsonlRows(folder, stream),
  });
  yield* loadTwice(meltano, folder, "tap-aircall", "target-duckdb", inDuckDb(folder));
  yield* loadTwice(meltano, folder, "tap-aircall-whole", "target-sdk", {
    rows: (stream) => sqliteRows(pythons.sdk, folder.file("sdk.db"), stream),
  });
  yield* loadIntoPostgres(meltano, folder);
  yield* goOnAfterAFailure(meltano, folder);
  yield* maskPersonalData(meltano, folder);
  yield* parseEveryLine({ "singer-sdk": pythons.sdk, "singer-python": pythons.jsonl });
}

/** A project with tap and target-postgres as docs/singer.md defines them, but that everything is installed already. */
function writeProject(
  folder: Folder,
  pythons: Readonly<Record<"jsonl" | "duckdb" | "sdk" | "postgres", string>>,
): void {
  const executable = (name: string, command: readonly string[]) => {
    writeFileSync(
      folder.file(name),
      `#!/bin/sh\nexec ${command.map((word) => `"${word}"`).join(" ")} "$@"\n`,
    );
    chmodSync(folder.file(name), 0o755);
    return folder.file(name);
  };
  const beside = (python: string, name: string) => join(dirname(python), name);
  const sdkTarget = new URL("singer_sdk_target.py", import.meta.url).pathname;
  const command = executable("tap", [process.execPath, TAP]);
  const plugin = documentedPlugin().replace("executable: tap-aircall", `executable: ${command}`);
  const whole = { name: "tap-aircall-whole", inherit_from: "tap-aircall", metadata: WHOLE };
  const loader = (name: string, command: string, config: object) => ({
    name,
    namespace: name.replace("-", "_"),
    executable: command,
    config,
  });
  const loaders = [
    loader("target-jsonl", beside(pythons.jsonl, "target-jsonl"), {
      destination_path: folder.file("jsonl"),
      do_timestamp_file: false,
    }),
    loader("target-duckdb", beside(pythons.duckdb, "target-duckdb"), {
      filepath: folder.file("duckdb.duckdb"),
      default_target_schema: "aircall",
      hard_delete: true,
      validate_records: true,
    }),
    loader("target-sdk", executable("sdk", [pythons.sdk, sdkTarget]), {
      file: folder.file("sdk.db"),
      add_record_metadata: true,
      hard_delete: true,
    }),
  ];
  const postgres = beside(pythons.postgres, "target-postgres");
  // YAML takes JSON as it is. The plugin ends within the list of extractors, and the documented loader within that of loaders.
  const project = [
    `${plugin.trimEnd()}`,
    `  - ${JSON.stringify(whole)}`,
    documentedLoader().trimEnd().replace("executable: target-postgres", `executable: ${postgres}`),
    ...loaders.map((each) => `  - ${JSON.stringify(each)}`),
    "default_environment: test",
    "environments: [{name: test}]",
    "send_anonymous_usage_stats: false",
    "",
  ];
  writeFileSync(folder.file("meltano.yml"), project.join("\n"));
}

async function runMeltano(
  meltano: string,
  folder: Folder,
  aircall: Emulator,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const credentials = { TAP_AIRCALL_API_ID: CONFIG.api_id, TAP_AIRCALL_API_TOKEN: CONFIG.api_token };
  const whole = { TAP_AIRCALL_WHOLE_API_ID: CONFIG.api_id, TAP_AIRCALL_WHOLE_API_TOKEN: CONFIG.api_token };
  const env = { ...process.env, ...emulated(aircall.url), ...credentials, ...whole, ...settings };
  await run(meltano, ["run", "--no-install", ...args], {
    cwd: dirname(folder.file("meltano.yml")),
    env,
    maxBuffer: 2 ** 28,
  });
}

async function* loadTwice(
  meltano: string,
  folder: Folder,
  tap: string,
  target: string,
  loaded: Loaded,
  settings: Readonly<Record<string, string>> = {},
): AsyncGenerator<string> {
  await using aircall = await stillAccount({ account: SIZE });
  const changed = aircall.account.tags.add();
  await runMeltano(meltano, folder, aircall, [tap, target], settings);
  const first = await expectTruth(loaded, aircall);
  yield `Meltano has loaded ${first} from ${tap} into ${target}, all as in the account`;
  changeAccount(aircall, changed);
  aircall.requests.clear();
  await runMeltano(meltano, folder, aircall, [tap, target], settings);
  const second = await expectTruth(loaded, aircall);
  yield `Meltano has loaded the changes, with ${aircall.requests.total} requests: ${second}, all as in the account`;
}

/** Into a real server, by the definition in the documentation; only how to reach the server is set beside it. */
async function* loadIntoPostgres(meltano: string, folder: Folder): AsyncGenerator<string> {
  await using server = await postgresServer();
  if (!server) return yield "PostgreSQL skipped: no server is installed";
  const loaded: Loaded = {
    rows: (stream) => server.rows(`SELECT * FROM aircall."${stream}" WHERE _sdc_deleted_at IS NULL`),
  };
  yield* loadTwice(meltano, folder, "tap-aircall", "target-postgres", loaded, server.settings);
  const deleted = await server.rows("SELECT id FROM aircall.tags WHERE _sdc_deleted_at IS NOT NULL");
  equal(deleted.length, 1, "the tag that was deleted is marked");
}

/** Something new, changed or gone in most streams. */
function changeAccount({ account, truth }: Emulator, tag: number): void {
  const [contact] = [...truth("contacts")] as { id: number }[];
  account.calls.ring();
  account.calls.ring();
  account.contacts.add();
  account.contacts.edit(contact?.id ?? 0, { firstName: "Renamed" });
  account.renameCompany("Other Sample Ltd");
  account.tags.remove(tag);
  account.tags.add();
  account.teams.remove(account.teams.listed[0]?.id ?? 0);
  account.webhooks.remove(account.webhooks.listed[0]?.id ?? 0);
}

/** Holds every value of every row against the account, and returns how many there are. */
async function expectTruth({ rows, emptiesTexts = false }: Loaded, aircall: Emulator): Promise<string> {
  let [rowCount, valueCount] = [0, 0];
  for (const stream of listedStreamNames) {
    const kept = new Map((await rows(stream)).map((row) => [keyOf(row), row]));
    const truth = new Map(([...aircall.truth(stream)] as Row[]).map((row) => [keyOf(row), row]));
    deepEqual([...kept.keys()].sort(), [...truth.keys()].sort(), `keys of ${stream}`);
    for (const [key, row] of truth)
      valueCount += expectSameRow(
        `${stream} ${key}`,
        kept.get(key) ?? {},
        emptiesTexts ? withoutEmptyTexts(row) : row,
      );
    rowCount += kept.size;
  }
  return `${rowCount} rows with ${valueCount} values`;
}

/** Returns how many values were compared. A loader adds columns of its own, and has null for what is absent. */
function expectSameRow(what: string, loaded: Row, truth: Row): number {
  const fieldsOf = (row: Row) =>
    Object.keys(lasting(row)).filter((field) => row[field] !== null && !field.startsWith("_sdc_"));
  const fields = fieldsOf(truth).sort();
  deepEqual(fieldsOf(loaded).sort(), fields, `fields of ${what}`);
  for (const field of fields) {
    const message = `${field} of ${what}: ${JSON.stringify(loaded[field])} for ${JSON.stringify(truth[field])}`;
    ok(isSameValue(lasting(loaded[field]), lasting(truth[field])), message);
  }
  return fields.length;
}

function withoutEmptyTexts(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ""));
}

function keyOf(row: Row): string {
  return String(row.id ?? row.name);
}

/** target-duckdb loads by CSV, in which an empty text is null. */
function inDuckDb(folder: Folder): Loaded {
  return {
    rows: (stream) => askFile(folder.file("duckdb.duckdb"), `SELECT * FROM aircall."${stream}"`),
    emptiesTexts: true,
  };
}

/** The last line of each key counts in a file that is only ever written on. */
async function jsonlRows(folder: Folder, stream: StreamName): Promise<Row[]> {
  const lines = readFileSync(join(folder.file("jsonl"), `${stream}.jsonl`), "utf8")
    .trim()
    .split("\n");
  const last = new Map(lines.map((line) => JSON.parse(line) as Row).map((row) => [keyOf(row), row]));
  return [...last.values()].filter(({ _sdc_deleted_at }) => _sdc_deleted_at === null);
}

async function sqliteRows(python: string, path: string, stream: StreamName): Promise<Row[]> {
  const code = `
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.row_factory = sqlite3.Row
rows = connection.execute(f'SELECT * FROM "{sys.argv[2]}" WHERE _sdc_deleted_at IS NULL')
print(json.dumps([dict(row) for row in rows], default=str))`;
  const { stdout } = await run(python, ["-c", code, path, stream], { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as Row[];
}

/** What a run that failed has loaded is laid over the last state by Meltano, and nothing is missed. */
async function* goOnAfterAFailure(meltano: string, folder: Folder): AsyncGenerator<string> {
  await using aircall = await stillAccount({ account: { ...SIZE, calls: 200 } });
  const target = ["tap-aircall", "target-duckdb", "--state-id-suffix", "failure"];
  const failing = aircall.faults.add({ match: "/v1/tags", kind: "status", status: 403, every: 1 });
  rmSync(folder.file("duckdb.duckdb"));
  const failure = await runMeltano(meltano, folder, aircall, target).catch((error: Error) => error);
  ok(failure instanceof Error, "a run in which a stream fails is a failure");
  failing.remove();
  changeAccount(aircall, aircall.account.tags.add());
  aircall.requests.clear();
  await runMeltano(meltano, folder, aircall, target);
  const rows = await expectTruth(inDuckDb(folder), aircall);
  yield `Meltano has gone on after a run in which a stream failed: ${rows}, with ${aircall.requests.total} requests`;
}

/** The settings reach the tap as Meltano names their variables, and a secret is not written into `meltano.yml`. */
async function* maskPersonalData(meltano: string, folder: Folder): AsyncGenerator<string> {
  await using aircall = await stillAccount({ account: { ...SIZE, calls: 200 } });
  const project = dirname(folder.file("meltano.yml"));
  const personal = "advanced.personal_data";
  await run(meltano, ["config", "set", "tap-aircall", `${personal}.hash_key`, HASH_KEY], { cwd: project });
  ok(!readFileSync(folder.file("meltano.yml"), "utf8").includes(HASH_KEY), "the hash key is in meltano.yml");
  rmSync(folder.file("jsonl"), { recursive: true });
  mkdirSync(folder.file("jsonl"));
  const masking = {
    TAP_AIRCALL_ADVANCED_PERSONAL_DATA_PHONE_NUMBERS: "drop",
    TAP_AIRCALL_ADVANCED_PERSONAL_DATA_EMAILS: "hash",
    TAP_AIRCALL_ADVANCED_PERSONAL_DATA_STREAMS: '["calls", "contacts"]',
  };
  const args = ["tap-aircall", "target-jsonl", "--state-id-suffix", "masked"];
  await runMeltano(meltano, folder, aircall, args, masking);
  const calls = await jsonlRows(folder, "calls");
  const contacts = await jsonlRows(folder, "contacts");
  equal(calls.length, [...aircall.truth("calls")].length);
  ok(!calls.some((call) => "raw_digits" in call), "a number of a call is in clear");
  ok(!/"value":"\+|@/.test(JSON.stringify(contacts)), "a number or an address of a contact is in clear");
  ok(/"emails":\[\{[^}]*"value":"[0-9a-f]{64}"/.test(JSON.stringify(contacts)), "no address is hashed");
  const [user] = await jsonlRows(folder, "users");
  ok(String(user?.email).includes("@"), "the addresses of users are not to be hashed");
  yield `Meltano has dropped the numbers of ${calls.length} calls and hashed the addresses of ${contacts.length} contacts, with a key that is not in meltano.yml`;
}

/** Every type of message, of streams that follow changes and of tables that are read whole. */
async function* parseEveryLine(pythons: Readonly<Record<string, string>>): AsyncGenerator<string> {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: SIZE });
  const env = emulated(aircall.url);
  const { stdout: catalog } = await spawnProgram(["singer", "--discover"]).ended;
  writeFileSync(folder.file("discovered.json"), catalog);
  const first = (await spawnTap(folder, { catalog: JSON.parse(catalog) }, env).ended).stdout;
  changeAccount(aircall, aircall.account.tags.listed[0]?.id ?? 0);
  const { state } = new SingerTarget().takeAll(first);
  const entries = listedStreamNames.map((name) => ({
    tap_stream_id: name,
    ...(name in WHOLE && { replication_method: "FULL_TABLE" }),
  }));
  const second = (await spawnTap(folder, { state, catalog: { streams: entries } }, env).ended).stdout;
  const lines = first + second;
  for (const [library, python] of Object.entries(pythons)) {
    const script = new URL("singer_parse.py", import.meta.url).pathname;
    const parsing = spawn(python, [script, folder.file("discovered.json"), ...listedStreamNames], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    parsing.stdin.end(lines);
    const counts = JSON.parse(await text(parsing.stdout)) as Record<string, number>;
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    equal(total, lines.split("\n").length - 1);
    for (const type of ["SCHEMA", "RECORD", "STATE", "ACTIVATE_VERSION"])
      notEqual(counts[type] ?? 0, 0, type);
    yield `${library} has parsed the catalog and every line: ${JSON.stringify(counts)}`;
  }
}
