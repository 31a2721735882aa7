import { cpSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDockerfile } from "../../scripts/dockerfile.ts";
import { listedStreamNames, streamNames } from "../../src/streams/index.ts";
import { temporaryFolder } from "../support/files.ts";
import { BUNDLE, emulated, spawnProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";

/** What the image runs: the same files, alone in a folder, with the same arguments. */
const { entrypoint } = readDockerfile(readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8"));
const CONFIG = { api_id: "emulator-id", api_token: "emulator-token" };
const SPEC = { spec: { config: {} } };

describe("the bundle, alone in a folder and far from any other file of the project", () => {
  const folder = temporaryFolder();
  const bundle = folder.file(basename(BUNDLE));
  const home = dirname(bundle);

  const filesIn = (path: string) => readdirSync(path, { recursive: true }).sort();

  beforeAll(() => cpSync(dirname(BUNDLE), home, { recursive: true }));

  afterAll(() => {
    const left = filesIn(home);
    folder[Symbol.dispose]();
    expect(left).toEqual(filesIn(dirname(BUNDLE)));
  });

  function start(env: Record<string, string> = {}) {
    const argv = entrypoint.map((part) => part.replace(/^node$/, process.execPath).replace(/^\/app/, home));
    return spawnProgram([], env, ["sh", "-c", 'cd "$0" && exec "$@"', home, ...argv]);
  }

  test("answers spec and discover, and ends", async () => {
    const flow = start();
    flow.process.stdin?.end(`${JSON.stringify(SPEC)}\n${JSON.stringify({ discover: { config: CONFIG } })}\n`);
    const { stdout, stderr, exitCode } = await flow.ended;
    const [spec, discovered, ...others] = responses(stdout);
    expect(spec?.spec).toMatchObject({ protocol: 3032023 });
    const bindings = streamNames.map((recommendedName) => expect.objectContaining({ recommendedName }));
    expect(discovered).toEqual({ discovered: { bindings } });
    expect({ others, stderr, exitCode }).toEqual({ others: [], stderr: "", exitCode: 0 });
  });

  test("captures an account", async () => {
    await using aircall = await stillAccount({ account: { calls: 300, contacts: 60 } });
    const bindings = listedStreamNames.map((stream) => ({
      resourceConfig: { stream, syncMode: "incremental" },
      stateKey: stream,
    }));
    const flow = start(emulated(aircall.url));
    const open = { open: { capture: { config: CONFIG, bindings } } };
    flow.process.stdin?.write(`${JSON.stringify(SPEC)}\n${JSON.stringify(open)}\n`);
    await flow.shows("Caught up");
    flow.process.kill("SIGTERM");
    const { stdout, exitCode } = await flow.ended;
    const answers = responses(stdout);
    expect(answers.slice(0, listedStreamNames.length + 3).flatMap(Object.keys)).toEqual([
      "spec",
      "opened",
      ...listedStreamNames.map(() => "sourcedSchema"),
      "checkpoint",
    ]);
    expect(answers.at(-1)).toHaveProperty("checkpoint");
    expect(exitCode).toBe(0);
    const captured = answers.flatMap((answer) => (answer.captured ? [answer.captured as Captured] : []));
    listedStreamNames.forEach((stream, index) => {
      const documents = captured.filter(({ binding }) => binding === index).map(({ doc }) => doc);
      expectDocuments(lastOfEachKey(documents), aircall, stream);
    });
  });
});

type Row = Record<string, unknown>;

interface Captured {
  readonly binding: number;
  readonly doc: Row;
}

function responses(stdout: string): Row[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

function lastOfEachKey(documents: Row[]): Row[] {
  return [...new Map(documents.map((doc) => [doc.id ?? doc.name, doc])).values()];
}
