import { deepEqual, equal, ok } from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { Emulator } from "../../emulator/index.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { temporaryFolder } from "../support/files.ts";
import { AIRBYTE, emulated, spawnProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const run = promisify(execFile);

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };
const STREAMS = listedStreamNames.map((stream) => ({
  stream,
  name: stream.replace("user_availablity", "user_availability"),
}));

type Row = Readonly<Record<string, unknown>>;

/** What `airbyte_read.py` writes down. */
interface Answer {
  /** How many records the connector has given. */
  readonly processed: number;
  readonly rows: Readonly<Record<string, readonly Row[]>>;
}

/** PyAirbyte reads an account three times; then the models of the protocol read every line that the connector writes. */
export async function* airbyte(python: string): AsyncGenerator<string> {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 1_500, contacts: 200 } });
  const write = (name: string, content: unknown) => {
    writeFileSync(folder.file(name), JSON.stringify(content));
    return folder.file(name);
  };
  yield* readWithPyAirbyte(python, aircall, folder.file, write("config.json", CONFIG));
  yield* parseEveryLine(python, aircall, write);
}

async function* readWithPyAirbyte(
  python: string,
  aircall: Emulator,
  file: (name: string) => string,
  config: string,
): AsyncGenerator<string> {
  const env = {
    ...process.env,
    ...emulated(aircall.url),
    DO_NOT_TRACK: "1",
    AIRBYTE_OFFLINE_MODE: "1",
    AIRBYTE_LOGGING_ROOT: file("logs"),
  };
  const read = async (): Promise<Answer> => {
    const names = STREAMS.map(({ name }) => name);
    const args = [AIRBYTE, config, file("cache.duckdb"), file("answer.json"), ...names];
    await run(python, [script("airbyte_read.py"), ...args], {
      env,
      cwd: dirname(config),
      maxBuffer: 2 ** 28,
    });
    return JSON.parse(readFileSync(file("answer.json"), "utf8"));
  };

  // No call has it, so that no call changes with its removal.
  const unused = aircall.account.tags.add();
  const first = await read();
  const count = expectTruth(first, aircall);
  equal(first.processed, count);
  yield `PyAirbyte has read ${count} rows of ${STREAMS.length} streams, whose keys are those of the account`;

  const changes = changeAccount(aircall, first, unused);
  const second = await read();
  expectTruth(second, aircall);
  deepEqual(keysReadAfter(first, second), changes.sort());
  equal(second.processed, changes.length);
  yield `PyAirbyte has read ${second.processed} changes and nothing else the second time: ${changes.join(", ")}`;

  equal((await read()).processed, 0);
  yield "PyAirbyte has read nothing the third time";
}

/** Every type of message in every situation that has one of its own. */
async function* parseEveryLine(
  python: string,
  aircall: Emulator,
  write: (name: string, content: unknown) => string,
): AsyncGenerator<string> {
  const config = ["--config", write("config.json", CONFIG)];
  const catalog = (name: string, sync_mode: string) => {
    const streams = STREAMS.map((stream) => ({ stream: { name: stream.name }, sync_mode }));
    return ["--catalog", write(`${name}.json`, { streams })];
  };
  const legacy = [
    "--state",
    write("state.json", { teams: { created_at: "2026-06-01T00:00:00.000000+0000" } }),
  ];
  const lines: string[] = [];
  const ask = async (...args: string[]) => {
    lines.push((await spawnProgram(["airbyte", ...args], emulated(aircall.url)).ended).stdout);
  };
  await ask("spec");
  await ask("check", ...config);
  await ask("check", "--config", write("wrong.json", {}));
  await ask("discover", ...config);
  await ask("discover", "--config", write("wrong.json", {}));
  await ask("read", ...config, ...catalog("full", "full_refresh"));
  aircall.faults.add({ match: "/v1/tags", kind: "status", status: 403, every: 1 });
  await ask("read", ...config, ...catalog("incremental", "incremental"), ...legacy);
  const parsing = run(python, [script("airbyte_parse.py")]);
  parsing.child.stdin?.end(lines.join(""));
  const counts = JSON.parse((await parsing).stdout) as Record<string, number>;
  equal(
    Object.values(counts).reduce((sum, count) => sum + count, 0),
    lines.join("").split("\n").length - 1,
  );
  for (const type of ["SPEC", "CONNECTION_STATUS", "CATALOG", "RECORD", "STATE", "TRACE", "LOG"])
    ok(counts[type], type);
  yield `the protocol's models have parsed every line: ${JSON.stringify(counts)}`;
}

/** Returns what a read that begins where the last one ended has to give. */
function changeAccount({ account }: Emulator, { rows }: Answer, tag: number): string[] {
  const { calls, contacts, tags, webhooks } = account;
  const edited = Number(rows.contacts?.[7]?.id);
  contacts.edit(edited, { firstName: "Noor" });
  const webhook = webhooks.listed[0]?.id ?? 0;
  tags.remove(tag);
  webhooks.remove(webhook);
  return [
    `calls ${calls.ring()}`,
    `calls ${calls.ring()}`,
    `contacts ${contacts.add()}`,
    `contacts ${edited}`,
    `tags ${tags.add()}`,
    `tags ${tag}`,
    `webhooks ${webhook}`,
  ];
}

/** Returns how many rows there are, less those that are marked as deleted. */
function expectTruth({ rows }: Answer, aircall: Emulator): number {
  let count = 0;
  for (const { stream, name } of STREAMS) {
    const living = (rows[name] ?? []).filter((row) => !row._ab_cdc_deleted_at);
    const truth = [...aircall.truth(stream)] as Row[];
    deepEqual(living.map(keyOf).sort(), truth.map(keyOf).sort(), `keys of ${name}`);
    count += living.length;
  }
  return count;
}

function keyOf(row: Row): string {
  return String(row.id ?? row.name);
}

/** The keys of the rows whose version is later than all of the answer before, with their streams. */
function keysReadAfter(before: Answer, after: Answer): string[] {
  const readAt = (row: Row) => String(row._ab_cdc_updated_at);
  const last = Object.values(before.rows).flat().map(readAt).sort().at(-1) ?? "";
  const read = STREAMS.flatMap(({ name }) =>
    (after.rows[name] ?? []).filter((row) => readAt(row) > last).map((row) => `${name} ${keyOf(row)}`),
  );
  return read.sort();
}

function script(name: string): string {
  return new URL(name, import.meta.url).pathname;
}
