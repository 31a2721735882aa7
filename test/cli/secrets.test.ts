import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { API_ID, API_TOKEN, type Emulator, type Fault, startEmulator } from "../../emulator/index.ts";
import { emulated, runCli, startCli, temporaryFolder } from "../support/cli.ts";
import { type Written, writtenByCapture, writtenByFlow } from "../support/written.ts";

const SMALL = { calls: 60, days: 3, contacts: 60, users: 5, numbers: 2, teams: 2, tags: 3, webhooks: 3 };
const HASH_KEY = "a key that nobody guesses";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const AUTHORIZATION = `Basic ${base64(`${API_ID}:${API_TOKEN}`)}`;

interface Key {
  readonly id: string;
  readonly token: string;
}

const GOOD: Key = { id: API_ID, token: API_TOKEN };
const WRONG: Key = { id: "an-id-that-is-wrong", token: "a-token-that-is-wrong" };

/** What nobody may read anywhere. */
const secretsOf = ({ id, token }: Key, emulator: Emulator) => [
  ...[id, token, `${id}:${token}`].flatMap((secret) => [secret, base64(secret).replace(/=+$/, "")]),
  ...emulator.account.webhooks.listed.map((webhook) => webhook.token),
  HASH_KEY,
];

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
const status = (code: number, body: unknown): Fault => ({
  ...everywhere,
  kind: "status",
  status: code,
  body,
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
  "no trouble at all": { told: /webhooks/ },
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
  "a web page": { told: /not JSON/, faults: [{ ...everywhere, kind: "html" }] },
  "a list without its key": { told: /without .*tags/, faults: [{ ...everywhere, kind: "missingKey" }] },
  "a defect": {
    told: /defect|broken on purpose/,
    met: ["capture", "open"],
    env: (file) => {
      writeFileSync(file("break.cjs"), BREAKS_THE_PROGRAM);
      return { NODE_OPTIONS: `--require=${file("break.cjs")}` };
    },
  },
};

type Program = (env: Record<string, string>, key: Key, path: string) => Promise<Written>;

/** The programs that are shipped, each until it has ended or has nothing more to do, at their most talkative. */
const PROGRAMS: Record<string, Program> = {
  check: async (env) => writtenByCapture(await runCli(["check"], env), "/nowhere"),
  capture: async (env, _, path) =>
    writtenByCapture(await runCli(["capture", "--to", path, "--json"], env), path),
  open: async (env, key) => writtenByFlow(await askFlow(env, [openRequest(key)], "ollowing changes")),
};

const STREAMS = ["calls", "contacts", "tags", "users", "webhooks"];
const configOf = ({ id, token }: Key) => ({
  api_id: id,
  api_token: token,
  start_date: "2023-01-01T00:00:00Z",
  advanced: { personal_data: { emails: "hash", hash_key: HASH_KEY } },
});
const bindings = STREAMS.map((stream) => ({ resourceConfig: { stream }, stateKey: stream }));
const openRequest = (key: Key) => ({ open: { capture: { config: configOf(key), bindings } } });

/** Ends the input at once, or stops the program when it has shown the text. */
async function askFlow(env: Record<string, string>, requests: object[], until: string | undefined) {
  const { AIRCALL_API_ID: _id, AIRCALL_API_TOKEN: _token, ...others } = env;
  const flow = startCli(["flow"], others);
  flow.process.stdin?.on("error", () => {});
  flow.process.stdin?.write(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  if (until === undefined) flow.process.stdin?.end();
  else await flow.shows(until).catch(() => {});
  if (until !== undefined) flow.process.kill("SIGTERM");
  return flow.ended;
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

/** All at once, since most of them wait for another attempt. */
const runs = new Map<string, Promise<string[]>>();

beforeAll(() => {
  for (const [name, trouble] of Object.entries(TROUBLES))
    for (const [programName, program] of Object.entries(PROGRAMS)) {
      if (trouble.met?.includes(programName) === false) continue;
      const run = leaksOf(trouble, program);
      run.catch(() => {});
      runs.set(`${name} ${programName}`, run);
    }
});

describe.each(Object.entries(TROUBLES))("%s shows no secret", (trouble, { met }) => {
  test.each(met ?? Object.keys(PROGRAMS))(
    "in what %s writes",
    async (program) => {
      expect(await runs.get(`${trouble} ${program}`)).toEqual([]);
    },
    90_000,
  );
});

describe("a config that is wrong shows no secret", () => {
  test.each<[string, object]>([
    [
      "in every place",
      { api_id: [API_ID], api_token: { API_TOKEN }, start_date: API_TOKEN, advanced: API_TOKEN },
    ],
    [
      "in its advanced part",
      { ...configOf(GOOD), advanced: { personal_data: { names: "hash", hash_key: "short" } } },
    ],
    [
      "by a treatment that there is not",
      { ...configOf(GOOD), advanced: { personal_data: { names: HASH_KEY } } },
    ],
  ])("%s", async (_, config) => {
    const asked = [{ validate: { config, bindings } }];
    const { stderr, stdout, exitCode } = await askFlow({ LOG_LEVEL: "debug" }, asked, undefined);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/not valid|hash_key must have/);
    for (const secret of [API_ID, API_TOKEN, HASH_KEY]) expect(stderr + stdout).not.toContain(secret);
  });
});
