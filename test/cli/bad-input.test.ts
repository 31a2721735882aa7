import { cpSync, existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { isDeep } from "../support/draws.ts";
import { askFile, type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { BUNDLE, type Ended, emulated, runProgram, spawnProgram } from "../support/program.ts";

const CREDENTIALS = { AIRCALL_API_ID: "some-id", AIRCALL_API_TOKEN: "some-secret-token" };

/** Never asked, because what is tested fails before any request. */
const NOWHERE = "http://127.0.0.1:1";

/** An address on which nobody listens any more. */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** One sentence, no stack, no secret, nothing on standard output. */
function expectOneSentence(ended: Ended, sentence: RegExp): void {
  expect(ended.stderr).toMatch(sentence);
  const errors = ended.stderr
    .trim()
    .split("\n")
    .filter((line) => line.startsWith("error: "));
  expect(errors).toHaveLength(1);
  expect(ended.stderr).not.toMatch(/^\s+at |defect|some-secret-token|emulator-token/m);
  expect(ended.stdout).toBe("");
  expect(ended.exitCode).toBe(1);
}

describe("a capture that cannot start says why in one sentence", () => {
  test("no credentials", async () => {
    expectOneSentence(
      await runProgram(["capture", "--to", "/nowhere.duckdb"]),
      /Set AIRCALL_API_ID and AIRCALL_API_TOKEN to your API key/,
    );
  });

  test("half the credentials", async () => {
    const { AIRCALL_API_ID } = CREDENTIALS;
    expectOneSentence(
      await runProgram(["check"], { AIRCALL_API_ID }),
      /Set AIRCALL_API_TOKEN to your API key/,
    );
  });

  test("refused credentials", async () => {
    using folder = temporaryFolder();
    const emulator = await startEmulator();
    const ended = await runProgram(["capture", "--to", folder.file("a.duckdb")], {
      ...emulated(emulator.url),
      ...CREDENTIALS,
    });
    await emulator.close();
    expectOneSentence(ended, /Aircall refused the API ID and token \(HTTP 403/);
  });

  test("a host that cannot be reached", async () => {
    using folder = temporaryFolder();
    const ended = await runProgram(["capture", "--to", folder.file("a.duckdb")], {
      ...emulated(await closedPort()),
      ...CREDENTIALS,
    });
    expectOneSentence(ended, /Aircall could not be read at 127\.0\.0\.1:\d+\/v1\/ping: ECONNREFUSED/);
  });

  test("an API address that would send the credentials in the clear", async () => {
    const env = { ...CREDENTIALS, AIRCALL_API_URL: "http://aircall.example.com" };
    expectOneSentence(await runProgram(["check"], env), /AIRCALL_API_URL must be an https address/);
  });

  test.each(["/v1", "/v1/", "?a=1", "?", "#", "#top", "/?a=1"])(
    "an API address with %s, which would be lost",
    async (rest) => {
      const env = { ...CREDENTIALS, AIRCALL_API_URL: `https://api.example.com${rest}` };
      expectOneSentence(
        await runProgram(["check"], env),
        /AIRCALL_API_URL must be no more than a scheme, a host/,
      );
    },
  );

  test.each(["user@", "user:password@", ":password@"])("an API address with %s in it", async (userinfo) => {
    const env = { ...CREDENTIALS, AIRCALL_API_URL: `https://${userinfo}api.example.com` };
    const ended = await runProgram(["check"], env);
    expectOneSentence(ended, /AIRCALL_API_URL must be no more than .* no user and no password/);
    expect(ended.stderr).not.toContain(userinfo);
  });

  test.each(["AIRCALL_RATE_WINDOW_MS", "AIRCALL_RETRY_WAIT_MS"])(
    "a time in %s that is no number",
    async (name) => {
      const ended = await runProgram(["check"], { ...CREDENTIALS, [name]: "soon" });
      expectOneSentence(ended, new RegExp(`${name} must be a positive number`));
    },
  );

  test("a port that is taken", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => squatter.once("listening", resolve));
    const { port } = squatter.address() as { port: number };
    const ended = await runProgram(["emulator", "--port", String(port)]);
    squatter.close();
    expectOneSentence(ended, /Port \d+ is taken/);
  });
});

describe("a file that cannot be used", () => {
  const captureTo = (path: string) =>
    runProgram(["capture", "--to", path], { ...CREDENTIALS, AIRCALL_API_URL: NOWHERE });

  test("in a folder that is not there", async () => {
    expectOneSentence(await captureTo("/nowhere/at/all/a.duckdb"), /there is no folder \/nowhere\/at\/all/);
  });

  test("is no DuckDB database", async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.file("notes.txt"), "These are notes.\n".repeat(1000));
    expectOneSentence(await captureTo(folder.file("notes.txt")), /notes\.txt is not a DuckDB database/);
  });

  test("belongs to something else", async () => {
    using folder = temporaryFolder();
    const instance = await DuckDBInstance.create(folder.file("sales.duckdb"));
    const connection = await instance.connect();
    await connection.run("CREATE TABLE invoices (id INTEGER)");
    connection.closeSync();
    instance.closeSync();
    expectOneSentence(
      await captureTo(folder.file("sales.duckdb")),
      /sales\.duckdb is a DuckDB database of something else/,
    );
  });

  test("is open in another capture", async () => {
    using folder = temporaryFolder();
    const emulator = await startEmulator();
    const path = folder.file("a.duckdb");
    const first = spawnProgram(["capture", "--to", path, "--follow"], emulated(emulator.url));
    await first.shows("calls: ");
    const second = await runProgram(["capture", "--to", path], emulated(emulator.url));
    first.process.kill("SIGINT");
    expect((await first.ended).exitCode).toBe(0);
    await emulator.close();
    expectOneSentence(second, new RegExp(`is open in another process \\(pid ${first.process.pid}\\)`));
  });
});

test.runIf(isDeep)("a disk that is full stops the capture, and the file stays as it was", async () => {
  using folder = temporaryFolder();
  const emulator = await startEmulator({ limit: null });
  const path = folder.file("a.duckdb");
  const env = emulated(emulator.url);
  // A limit on the size of files is met like a full disk, and every machine can set one.
  const cramped = ["sh", "-c", `ulimit -f 3000; exec "$0" "$@"`, process.execPath, BUNDLE];
  const ended = await spawnProgram(["capture", "--to", path], env, cramped).ended;
  expect(ended.stderr).toMatch(/a\.duckdb could not be written .*; free some disk space and run again/);
  expect(ended.exitCode).toBe(1);
  const resumed = await runProgram(["capture", "--to", path], env);
  expect(resumed.exitCode).toBe(0);
  const [calls] = await askFile(path, "SELECT count(*) AS rows FROM calls");
  expect(Number(calls?.rows)).toBe([...emulator.truth("calls")].length);
  await emulator.close();
});

const IN_FULL = ["sh", "-c", '"$@" > /dev/full', "sh", process.execPath, BUNDLE];

test.runIf(existsSync("/dev/full"))(
  "a full disk under what a command writes is told, and fails it",
  async () => {
    const ended = await spawnProgram(["discover"], {}, IN_FULL).ended;
    expectOneSentence(ended, /^error: Standard output cannot be written \(.*ENOSPC.*\)/);
  },
);

describe("a wrong command line ends with exit code 2", () => {
  test.each([
    [
      ["capture"],
      /required option '--to <target>'[\s\S]*Run source-aircall capture --help for its options\./,
    ],
    [["capture", "--to", "a.duckdb", "--fast"], /unknown option '--fast'[\s\S]*capture --help/],
    [["capture", "--to", "a.duckdb", "--stream", "calls"], /'--stream'\n\(Did you mean --streams\?\)/],
    [["recapture"], /unknown command 'recapture'\n\(Did you mean capture\?\)[\s\S]*source-aircall --help/],
    [
      ["airbyte", "raed"],
      /unknown command 'raed'\n\(Did you mean read\?\)[\s\S]*source-aircall airbyte --help/,
    ],
    [["airbyte", "read"], /required option '--config <file>'[\s\S]*source-aircall airbyte read --help/],
    [["singer"], /required option '--config <file>'[\s\S]*source-aircall singer --help/],
    [["emulator", "--calls", "many"], /must be a whole number/],
    [["emulator", "--port", "65536"], /must be at most 65535/],
    [[], /Usage: source-aircall/],
    [
      ["capture", "--to", "a.duckdb", "--streams", "calls,faxes"],
      /option '--streams <names>' .* There is no stream "faxes"\. The streams are calls, company/,
    ],
    [["check", "--streams", "faxes"], /option '--streams <names>' .* There is no stream "faxes"/],
    ...["yesterday", "2026-02-31", "2026-13-01T00:00:00Z", ""].map(
      (date) =>
        [
          ["capture", "--to", "a.duckdb", "--start-date", date],
          /option '--start-date <date>' .* It must be a date such as 2026-01-31 or 2026-01-31T00:00:00Z\./,
        ] as const,
    ),
  ] as const)("K7: %j", async (args, words) => {
    const ended = await runProgram(args, CREDENTIALS);
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr).not.toContain("endpoint config");
    expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
  });
});

describe("K6: what the installation lacks is named, and is no defect", () => {
  /** The bundle without the modules beside it, but for those that are named. */
  const installedWith = (folder: TemporaryFolder, modules: readonly string[]) => {
    cpSync(dirname(BUNDLE), folder.file("dist"), { recursive: true });
    for (const name of modules)
      cpSync(join(dirname(BUNDLE), "../node_modules", name), folder.file(join("node_modules", name)), {
        recursive: true,
      });
    return [process.execPath, folder.file("dist/source-aircall.cjs")];
  };

  test.each([
    ["DuckDB's library", [], /DuckDB's library cannot be loaded: Cannot find module '@duckdb\/node-api'/],
    [
      "its binary for this platform",
      ["@duckdb/node-api", "@duckdb/node-bindings", "detect-libc"],
      /DuckDB's library cannot be loaded: Cannot find module '@duckdb\/node-bindings-.*Run "npm install"/,
    ],
  ])("%s", async (_, modules, words) => {
    using folder = temporaryFolder();
    const installed = installedWith(folder, modules);
    const args = ["capture", "--to", folder.file("a.duckdb")];
    expectOneSentence(await spawnProgram(args, { ...emulated(NOWHERE) }, installed).ended, words);
    expect((await spawnProgram(["discover"], {}, installed).ended).exitCode).toBe(0);
  });

  test("Node that is too old", async () => {
    using folder = temporaryFolder();
    const hook = folder.file("old.cjs");
    writeFileSync(hook, 'Object.defineProperty(process.versions, "node", { value: "18.20.8" });');
    for (const args of [["spec"], ["flow"], ["capture", "--to", "a.duckdb"]]) {
      const ended = await spawnProgram(args, { NODE_OPTIONS: `--require=${hook}` }).ended;
      expectOneSentence(ended, /^error: source-aircall needs Node 20 or newer, and this is Node 18\.20\.8\./);
    }
  });
});
