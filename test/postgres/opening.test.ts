import { chmodSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { StoreError } from "../../src/errors.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { openTarget } from "../support/open-target.ts";
import {
  addressAs,
  folder,
  hasPostgres,
  newSchema,
  PASSWORD,
  port,
  postgresObjects,
  runPostgres,
} from "../support/postgres.ts";
import { CALLS, calls, openCalls, present, refusal } from "../support/stored-calls.ts";

const OPTIONS = { tables: [CALLS], source: "emulator" };

type Env = Record<string, string>;

async function opened(target: string, env: Env): Promise<"opened" | string> {
  try {
    await (await openTarget(target, OPTIONS, { env })).close();
    return "opened";
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    const { message } = error as StoreError;
    expect(message).toMatch(/^[^\n]+\.$/);
    expect(message).not.toContain(PASSWORD);
    return message;
  }
}

describe.runIf(hasPostgres)("the password", () => {
  let files: TemporaryFolder;
  beforeEach(() => {
    files = temporaryFolder();
    return () => files[Symbol.dispose]();
  });

  const file = (name: string, text: string, mode = 0o600) => {
    const path = files.write(name, text);
    chmodSync(path, mode);
    return path;
  };
  const target = () => `${addressAs("guarded")}#${newSchema()}`;
  const ESCAPED = PASSWORD.replace(/[\\:]/g, "\\$&");

  it("comes from PGPASSWORD", async () => {
    expect(await opened(target(), { PGPASSWORD: PASSWORD })).toBe("opened");
  });

  it("comes from a passfile: the first line that matches counts", async () => {
    const lines = [
      "# guarded",
      "elsewhere:*:*:guarded:wrong",
      "*:*:*:ada:wrong",
      `*:*:postgres:guarded:${ESCAPED}`,
      "*:*:*:*:wrong",
    ];
    const path = file("passfile", lines.join("\n"));
    expect(await opened(target(), { PGPASSFILE: path })).toBe("opened");
    expect(
      await opened(target(), { PGPASSFILE: file("local", `localhost:${port}:*:*:${ESCAPED}\r\n`) }),
    ).toBe("opened");
  });

  it("comes from ~/.pgpass", async () => {
    const HOME = file(".pgpass", `*:*:*:*:${ESCAPED}`).replace(/\/\.pgpass$/, "");
    expect(await opened(target(), { HOME })).toBe("opened");
  });

  it("comes from the service file, with what else the address leaves out", async () => {
    const settings = [
      "user = guarded",
      `host=${folder}`,
      `port=${port}`,
      "dbname=postgres",
      "# password=wrong",
      `password=${PASSWORD}`,
    ];
    const path = file("services", ["[other]", "user=ada", "", "[crm]", ...settings].join("\n"));
    const schema = newSchema();
    expect(await opened(`postgres://?service=crm#${schema}`, { PGSERVICEFILE: path })).toBe("opened");
    expect(await opened(`postgres://#${schema}`, { PGSERVICEFILE: path, PGSERVICE: "crm" })).toBe("opened");
    expect(await opened(`postgres://?service=none#${schema}`, { PGSERVICEFILE: path })).toMatch(
      /^The service none is not in a service file \(.*services\)\. Add it/,
    );
    const odd = file("odd", "[crm]\nrequirepeer=root");
    expect(await opened(`postgres://?service=crm#${schema}`, { PGSERVICEFILE: odd })).toMatch(
      /sets requirepeer, which is not supported\. Remove it\.$/,
    );
  });

  it("that is wrong, or that is nowhere, is reported in a sentence", async () => {
    expect(await opened(target(), { PGPASSWORD: "wrong" })).toMatch(
      /cannot be opened \(password authentication failed for user "guarded"\); correct the password in PGPASSWORD or the passfile\.$/,
    );
    expect(await opened(target(), {})).toMatch(
      /^The server asks for the password of guarded\. Set PGPASSWORD, or write it into the file ~\/\.pgpass/,
    );
  });

  it("has a port and a time-out that are numbers", async () => {
    for (const env of [{ PGPORT: "abc" }, { PGPORT: "0" }])
      expect(await opened("postgres://h/d", env)).toMatch(
        /^The port of the database must be .* in PGPORT\.$/,
      );
    expect(await opened("postgres://h/d?connect_timeout=abc", {})).toMatch(
      /^The connect_timeout of the database must be a whole number from 0 to 3600\./,
    );
  });

  it("is not taken from a passfile that others may read", async () => {
    const path = file("passfile", `*:*:*:*:${ESCAPED}`, 0o640);
    expect(await opened(target(), { PGPASSFILE: path })).toBe(
      `The passfile ${path} may be read by others. Run "chmod 600 ${path}" and try again.`,
    );
  });
});

describe.runIf(hasPostgres)("what a server refuses is reported in a sentence:", () => {
  it.each([
    [
      "a database that is not there",
      () => addressAs("capture").replace("/postgres?", "/nowhere?"),
      /database "nowhere" does not exist\); create the database first/,
    ],
    [
      "a user who is not there",
      () => addressAs("stranger"),
      /role "stranger" does not exist\); correct the user/,
    ],
    [
      "a socket that is not there",
      () => "postgres://capture@/postgres?host=/nowhere",
      /ENOENT.*\); start the server, or correct the folder of its socket/,
    ],
    [
      "a host that is not there",
      () => "postgres://capture@nowhere.invalid/postgres",
      /(ENOTFOUND|EAI_AGAIN).*\); (correct the host|fix the cause above)/,
    ],
    [
      "encryption that the server does not have",
      () => `${addressAs("capture")}&sslmode=allow`,
      /^The sslmode allow is not supported\. Supported are disable, prefer, require, verify-ca, verify-full\.$/,
    ],
  ])("%s", async (_, address, sentence) => {
    expect(await opened(`${address()}#${newSchema()}`, {})).toMatch(sentence);
  });

  it("the right to make a schema", async () => {
    await runPostgres("CREATE ROLE restricted LOGIN").catch(() => {});
    expect(await opened(`${addressAs("restricted")}#${newSchema()}`, {})).toMatch(
      /cannot be opened \(permission denied for database postgres\); let an administrator grant the right\.$/,
    );
  });

  it("a database whose encoding does not hold all texts", async () => {
    await runPostgres("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0").catch(
      () => {},
    );
    expect(
      await opened(`${addressAs("postgres").replace("/postgres?", "/latin?")}#${newSchema()}`, {}),
    ).toMatch(
      /is in a database with the encoding LATIN1, which cannot hold all texts; create a database with the encoding UTF8\.$/,
    );
  });
});

describe.runIf(hasPostgres)("a schema", () => {
  const target = (schema: string) => `${addressAs("capture")}#${schema}`;

  it("that an administrator made for the user is used", async () => {
    const schema = newSchema();
    await runPostgres(`CREATE SCHEMA "${schema}" AUTHORIZATION capture`);
    await (await openCalls(target(schema))).close();
  });

  it("of something else is refused, and stays as it was", async () => {
    const schema = newSchema();
    await runPostgres(`CREATE SCHEMA "${schema}" AUTHORIZATION capture`);
    await runPostgres(`CREATE VIEW "${schema}".theirs AS SELECT 1 AS one`);
    expect((await refusal(target(schema))).message).toMatch(
      /holds the tables of something else; choose another schema with --schema\.$/,
    );
    expect(
      await runPostgres("SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace", [schema]),
    ).toEqual([{ relname: "theirs" }]);
  });

  it("of a format of the future is refused", async () => {
    const schema = newSchema();
    await (await openCalls(target(schema))).close();
    await runPostgres(`UPDATE "${schema}".source_aircall_about SET format_version = 999`);
    expect((await refusal(target(schema))).message).toMatch(
      /newer version of source-aircall \(format 999\); update/,
    );
  });

  it("may have an odd name", async () => {
    const schema = 'It\'s a "new" one; ünd 🎈';
    const store = await openCalls(target(schema));
    await store.commit([calls([present({ id: 1 })])]);
    await store.close();
    await runPostgres(`DROP SCHEMA "It's a ""new"" one; ünd 🎈" CASCADE`);
  });

  it("is one of several in a database, each with a capture of its own", async () => {
    const [one, other] = [newSchema(), newSchema()];
    const stores = [await openCalls(target(one)), await openCalls(target(other))];
    for (const [index, store] of stores.entries()) await store.commit([calls([present({ id: index })])]);
    for (const store of stores) await store.close();
    expect([await postgresObjects(one, "calls"), await postgresObjects(other, "calls")]).toEqual([
      [{ id: 0 }],
      [{ id: 1 }],
    ]);
  });

  it("can be read while a capture has it open, and not be written by another capture", async () => {
    const schema = newSchema();
    const store = await openCalls(target(schema));
    await store.commit([calls([present({ id: 1 })])]);
    expect(await postgresObjects(schema, "calls")).toEqual([{ id: 1 }]);
    expect((await refusal(target(schema))).message).toMatch(
      /is open in another process \(server process \d+\); stop that process or choose another schema with --schema\.$/,
    );
    await store.commit([calls([present({ id: 2 })])]);
    await store.close();
  });
});
