import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { API_ID, API_TOKEN, type Emulator, type Fault, startEmulator } from "../../emulator/index.ts";
import { isDeep } from "../support/draws.ts";
import { temporaryFolder } from "../support/files.ts";
import { emulated, spawnProgram } from "../support/program.ts";
import {
  askFlow,
  base64,
  bindings,
  configOf,
  GOOD,
  type Key,
  STREAMS,
  secretsOf,
} from "../support/secrets.ts";
import { nthRequest } from "../support/still-account.ts";
import { type Written, writtenByCapture, writtenByFlow, writtenInRecords } from "../support/written.ts";

const SMALL = { calls: 60, days: 3, contacts: 60, users: 5, numbers: 2, teams: 2, tags: 3, webhooks: 3 };
const AUTHORIZATION = `Basic ${base64(`${API_ID}:${API_TOKEN}`)}`;

const WRONG: Key = { id: "an-id-that-is-wrong", token: "a-token-that-is-wrong" };

/** What only documents may hold. */
const peopleOf = ({ account, truth }: Emulator) => [
  ...account.contacts
    .listed("created_at")
    .flatMap(({ phoneNumbers, emails }) => [...phoneNumbers, ...emails])
    .map(({ value }) => value),
  ...([...truth("calls")] as { raw_digits: string }[]).map(({ raw_digits }) => raw_digits),
];

function leaksIn(written: Written, key: Key, emulator: Emulator): string[] {
  const { documents, others, file } = written;
  const everything = documents + others + file;
  const secret = secretsOf(key, emulator).filter((text) => everything.includes(text));
  const people = peopleOf(emulator).filter((text) => text !== "anonymous" && others.includes(text));
  const words = ["authorization", "x-amz-signature"].filter((word) => others.toLowerCase().includes(word));
  return [...secret, ...people, ...words];
}

const everywhere = { every: 1, match: "/v1/tags" } as const;
const echo = { message: `no such header: ${AUTHORIZATION}`, error: API_TOKEN };
const status = (code: number, body: unknown, headers = {}): Fault => ({
  ...everywhere,
  kind: "status",
  status: code,
  body,
  headers,
});

interface Trouble {
  /** How the trouble is told, where it is met. */
  readonly told: RegExp;
  /** Which programs meet it; all, if it does not say. */
  readonly met?: readonly string[];
  readonly faults?: readonly Fault[];
  readonly key?: Key;
  readonly env?: (folder: (name: string) => string) => Record<string, string>;
}

const BREAKS_THE_PROGRAM = `Array.prototype.toReversed = () => { throw new TypeError("broken on purpose"); };`;

const TROUBLES: Record<string, Trouble> = {
  "no trouble at all": { told: /webhooks|validated/ },
  "a key that is wrong": { told: /HTTP 403/, key: WRONG },
  "a 401 that repeats the key": {
    told: /HTTP 401.*hidden/,
    faults: [status(401, { message: AUTHORIZATION })],
  },
  "a 403 that repeats the key": {
    told: /HTTP 403.*hidden/,
    faults: [status(403, { message: `${API_ID}:${API_TOKEN}` })],
  },
  "a 400 that repeats the header": { told: /HTTP 400.*hidden/, faults: [status(400, echo)] },
  "a 404 that repeats the token late": {
    told: /HTTP 404.*xxx/,
    faults: [status(404, { error: `${"x".repeat(190)}${API_TOKEN}` })],
  },
  "a 500 that repeats the header": { told: /HTTP 500.*hidden/, faults: [status(500, echo)] },
  "a 429": {
    told: /one too many/,
    faults: [{ ...everywhere, kind: "status", status: 429, headers: { "retry-after": "1" }, times: 3 }],
  },
  "a reset": { told: /ECONNRESET|other side closed/, faults: [{ ...everywhere, kind: "reset" }] },
  "a body that is cut": {
    told: /terminated|other side closed|aborted/,
    faults: [{ ...everywhere, kind: "cut" }],
  },
  "a redirect with the key in its address": {
    told: /unexpected redirect/,
    faults: [status(302, {}, { location: `https://elsewhere.example.com/?key=${API_TOKEN}` })],
  },
  "a web page": { told: /not JSON/, faults: [{ ...everywhere, kind: "html" }] },
  "a list without its key": { told: /without .*tags/, faults: [{ ...everywhere, kind: "missingKey" }] },
  "a defect": {
    told: /defect|broken on purpose/,
    met: ["capture", "open", "airbyte", "singer"],
    env: (file) => {
      writeFileSync(file("break.cjs"), BREAKS_THE_PROGRAM);
      return { NODE_OPTIONS: `--require=${file("break.cjs")}` };
    },
  },
};

const openRequest = (key: Key) => ({ open: { capture: { config: configOf(key), bindings } } });

type Program = (env: Record<string, string>, key: Key, path: string) => Promise<Written>;

/** The programs that are shipped, each until it has ended or has nothing more to do, at their most talkative. */
const PROGRAMS: Record<string, Program> = {
  check: async (env) => writtenByCapture(await spawnProgram(["check"], env).ended, "/nowhere"),
  capture: async (env, _, path) =>
    writtenByCapture(await spawnProgram(["capture", "--to", path, "--json"], env).ended, path),
  validate: async (env, key) =>
    writtenByFlow(await askFlow(spawnProgram, env, [{ validate: { config: configOf(key), bindings } }])),
  open: async (env, key) =>
    writtenByFlow(await askFlow(spawnProgram, env, [openRequest(key)], "ollowing changes")),
  airbyte: async (env, key, path) => {
    const catalog = {
      streams: STREAMS.map((name) => ({ stream: { name }, sync_mode: "incremental" })),
    };
    const files = filesBeside(path, { config: configOf(key), catalog });
    return writtenInRecords(await spawnProgram(["airbyte", "read", ...files], env).ended);
  },
  singer: async (env, key, path) =>
    writtenInRecords(
      await spawnProgram(["singer", ...filesBeside(path, { config: configOf(key) })], env).ended,
    ),
};

/** Arguments that name files of these contents. */
function filesBeside(path: string, contents: Record<string, object>): string[] {
  return Object.entries(contents).flatMap(([name, content]) => {
    const file = join(dirname(path), `${name}.json`);
    writeFileSync(file, JSON.stringify(content));
    return [`--${name}`, file];
  });
}

/** What a program writes in a trouble, and what of it nobody should have read. */
async function leaksOf(trouble: Trouble, program: Program): Promise<string[]> {
  const { faults = [], key = GOOD, env } = trouble;
  using folder = temporaryFolder();
  const emulator = await startEmulator({ limit: null, account: SMALL });
  for (const fault of faults) emulator.faults.add(fault);
  const written = await program(
    {
      ...emulated(emulator.url),
      AIRCALL_API_ID: key.id,
      AIRCALL_API_TOKEN: key.token,
      LOG_LEVEL: "debug",
      ...env?.(folder.file),
    },
    key,
    folder.file("a.duckdb"),
  );
  await emulator.close();
  if (!trouble.told.test(written.others)) throw new Error(`it was not told: ${written.others}`);
  return leaksIn(written, key, emulator);
}

/** Every trouble with every program that meets it in the deep run, or with one of them in turn. */
const RUNS = Object.entries(TROUBLES).flatMap(([trouble, { met = Object.keys(PROGRAMS) }], index) => {
  const programs = isDeep ? met : [met[index % met.length] ?? ""];
  return programs.map((program) => ({ trouble, program }));
});

test.concurrent.each(RUNS)(
  "$trouble shows no secret in what $program writes",
  async ({ trouble, program }) => {
    const [struck, writer] = [TROUBLES[trouble], PROGRAMS[program]];
    if (!struck || !writer) throw new Error(`there is no ${trouble} or no ${program}`);
    expect(await leaksOf(struck, writer)).toEqual([]);
  },
);

test("what Node reports of the process shows no secret", async () => {
  using folder = temporaryFolder();
  const emulator = await startEmulator({ limit: null, account: SMALL });
  const first = nthRequest(emulator, 1);
  emulator.faults.add({ kind: "hang" });
  const running = spawnProgram(["capture", "--to", folder.file("a.duckdb")], {
    ...emulated(emulator.url),
    LOG_LEVEL: "debug",
    NODE_OPTIONS: `--report-on-signal --report-dir=${folder.file(".")} --report-filename=report.json`,
  });
  await first;
  running.process.kill("SIGUSR2");
  await running.shows("Node.js report completed");
  running.kill();
  await running.ended;
  await emulator.close();
  const report = readFileSync(folder.file("report.json"), "utf8");
  expect(report).toContain("javascriptHeap");
  for (const secret of secretsOf(GOOD, emulator)) expect(report).not.toContain(secret);
});
