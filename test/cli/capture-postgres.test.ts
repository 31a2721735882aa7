import { cpSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { listedStreamNames } from "../../src/streams/index.ts";
import { isDeep } from "../support/draws.ts";
import { temporaryFolder } from "../support/files.ts";
import {
  ADDRESS,
  addressAs,
  hasPostgres,
  newSchema,
  PASSWORD,
  postgresObjects,
  runPostgres,
} from "../support/postgres.ts";
import { BUNDLE, emulated, quietly, runProgram, spawnProgram } from "../support/program.ts";
import { nthRequest, stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";

const CREDENTIALS = { AIRCALL_API_ID: "some-id", AIRCALL_API_TOKEN: "some-secret-token" };

describe.runIf(hasPostgres)("capture --to postgres://", () => {
  test("replicates the account into a schema, row by row, and resumes", async () => {
    const schema = newSchema();
    await using aircall = await stillAccount({ account: { calls: 120 } });
    const args = ["capture", "--to", ADDRESS, "--schema", schema];
    const first = await runProgram(args, quietly(aircall.url));
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toContain("rows in the schema");
    expect(first.stdout).toMatch(
      new RegExp(
        `^Captured \\d+ documents with .* into postgres://capture@/postgres\\?host=.* \\(schema ${schema}\\)\\.$`,
        "m",
      ),
    );
    for (const stream of listedStreamNames)
      expectDocuments(await postgresObjects(schema, stream), aircall, stream);
    const again = await runProgram([...args, "--json"], quietly(aircall.url));
    const summary = JSON.parse(again.stdout.trim().split("\n").at(-1) ?? "");
    expect(summary).toMatchObject({ event: "summary", database: ADDRESS, schema });
    expect(summary.streams.find(({ stream }: { stream: string }) => stream === "calls").rows).toBe(
      [...aircall.truth("calls")].length,
    );
    const [tables] = await runPostgres(
      "SELECT count(*)::int AS without FROM pg_tables t WHERE schemaname = $1 AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'p' AND conrelid = format('%I.%I', schemaname, tablename)::regclass) AND tablename <> 'source_aircall_about'",
      [schema],
    );
    expect(tables).toEqual({ without: 0 });
  });

  // A connection that is left open would keep the process from ending for the minute that the server waits for a password.
  test("ends at once where the server asks for a password and none is set", {
    timeout: 20_000,
  }, async () => {
    await using aircall = await stillAccount({ account: { calls: 5 } });
    const env = { ...emulated(aircall.url), HOME: "/nowhere" };
    const args = ["capture", "--to", addressAs("guarded"), "--schema", newSchema()];
    const { exitCode, stderr } = await spawnProgram(args, env).ended;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: The server asks for the password of guarded\. Set PGPASSWORD/m);
  });

  test("refuses the key of another company, and names the schema", async () => {
    const schema = newSchema();
    await using first = await stillAccount({ apiId: "first-api-id", account: { calls: 5 } });
    await using other = await stillAccount({ apiId: "other-api-id", seed: "other", account: { calls: 5 } });
    other.account.renameCompany("Other Sample Ltd");
    const capture = ({ url }: { url: string }, id: string) =>
      runProgram(["capture", "--to", ADDRESS, "--schema", schema, "--streams", "company,users"], {
        ...emulated(url),
        AIRCALL_API_ID: id,
      });
    expect((await capture(first, "first-api-id")).exitCode).toBe(0);
    const ended = await capture(other, "other-api-id");
    expect(ended.stderr).toMatch(
      /\(schema test_\w+\) holds the data of .*; use a key of .*, or choose another schema\.$/m,
    );
    expect(ended.exitCode).toBe(1);
  });

  test.runIf(isDeep)(
    "of the bundle, with a password, is killed and goes on, and writes the password nowhere",
    async () => {
      const schema = newSchema();
      await using aircall = await stillAccount({ account: { calls: 1_500 } });
      const args = ["capture", "--to", addressAs("guarded"), "--schema", schema, "--streams", "calls"];
      const env = { ...emulated(aircall.url), PGPASSWORD: PASSWORD, LOG_LEVEL: "debug" };
      const killed = spawnProgram(args, env);
      await nthRequest(aircall, 12);
      killed.kill();
      const first = await killed.ended;
      const second = await spawnProgram(args, env).ended;
      expect(second.exitCode).toBe(0);
      expectDocuments(await postgresObjects(schema, "calls"), aircall, "calls");
      for (const { stdout, stderr } of [first, second]) expect(stdout + stderr).not.toContain(PASSWORD);
    },
  );
});

describe("an address is refused with exit code 2", () => {
  test.each([
    [
      "for its password",
      ["--to", "postgres://ada:hunter2@localhost/crm"],
      /has a password in it, .* PGPASSWORD/,
    ],
    [
      "for a password in an address that is mistyped",
      ["--to", "postgres:/ada:hunter2@localhost/crm"],
      /PostgreSQL databases, such as/,
    ],
    [
      "for a password in connection settings",
      ["--to", "host=localhost password=hunter2"],
      /PostgreSQL databases, such as/,
    ],
    [
      "for a password in its parameters",
      ["--to", "postgres://localhost/crm?password=hunter2"],
      /has a password in it/,
    ],
    [
      "for another protocol",
      ["--to", "mysql://ada:hunter2@localhost/crm"],
      /Only DuckDB files .*, and PostgreSQL databases/,
    ],
    ["for its port", ["--to", "postgres://localhost:none/crm"], /a port that is not a number/],
    [
      "for the name of the schema",
      ["--to", "postgres://localhost/crm", "--schema", "pg_crm"],
      /PostgreSQL keeps that name for itself/,
    ],
  ])("%s", async (_, args, sentence) => {
    const ended = await runProgram(["capture", ...args], CREDENTIALS);
    expect(ended.stderr).toMatch(/^error: /);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toContain("hunter2");
    expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
  });

  test("as is a schema for a file, and an address for the demo", async () => {
    const schema = await runProgram(["capture", "--to", "a.duckdb", "--schema", "crm"], CREDENTIALS);
    expect(schema.stderr).toMatch(/^error: --schema needs a PostgreSQL database/);
    const demo = await runProgram(["demo", "--to", "postgres://ada:hunter2@localhost/crm"]);
    expect(demo.stderr).toMatch(/^error: the address of option '--to <file>' is invalid\. Only DuckDB files/);
    expect(demo.stderr).not.toContain("hunter2");
    expect([schema.exitCode, demo.exitCode]).toEqual([2, 2]);
  });
});

test("a capture into PostgreSQL needs no library of DuckDB", async () => {
  using folder = temporaryFolder();
  cpSync(dirname(BUNDLE), folder.file("dist"), { recursive: true });
  const bundle = [process.execPath, folder.file("dist/source-aircall.cjs")];
  const args = ["capture", "--to", "postgres://capture@127.0.0.1:1/crm"];
  const { stderr } = await spawnProgram(args, emulated("http://127.0.0.1:9"), bundle).ended;
  expect(stderr).toMatch(
    /^error: postgres:\/\/capture@127\.0\.0\.1:1\/crm \(schema aircall\) cannot be opened \(connect ECONNREFUSED/,
  );
});
