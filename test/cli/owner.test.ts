import { describe, expect, test } from "vitest";
import type { Emulator, EmulatorOptions } from "../../emulator/index.ts";
import { runSql } from "../support/duckdb.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { emulated, runProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const KEY = "key-of-the-company";
const NEW_KEY = "new-key-of-the-company";

const company = (apiId: string, options: Partial<EmulatorOptions> = {}) =>
  stillAccount({ apiId, account: { calls: 40 }, ...options });

const otherCompany = async (apiId: string) => {
  const other = await company(apiId, { seed: "other" });
  other.account.renameCompany("Other Sample Ltd");
  return other;
};

const capture = (path: string, { url }: Emulator, apiId: string, streams: string) =>
  runProgram(["capture", "--to", path, "--streams", streams], { ...emulated(url), AIRCALL_API_ID: apiId });

/** As a file that an earlier version wrote: it names no company. */
const forgetOwner = (path: string) =>
  runSql(path, `DELETE FROM source_aircall.state WHERE path LIKE '["owner"%'`);

const ALL = "calls,company,tags,users";

describe.each([
  ["a file", async () => {}],
  ["a file of an earlier version", forgetOwner],
])("%s of one company", (_, prepare) => {
  test("refuses the key of another, says whose it is, and stays as it was", async () => {
    using folder = temporaryFolder();
    await using first = await company(KEY);
    await using other = await otherCompany(NEW_KEY);
    const path = folder.file("a.duckdb");
    expect((await capture(path, first, KEY, ALL)).exitCode).toBe(0);
    await prepare(path);
    const users = await askFile(path, "SELECT * FROM users ORDER BY id");
    const ended = await capture(path, other, NEW_KEY, ALL);
    expect(ended.stderr).toMatch(
      /^error: .*a\.duckdb holds the data of (.+), and the API key belongs to Other Sample Ltd; use a key of \1, or choose another file\.$/m,
    );
    expect(ended.exitCode).toBe(1);
    expect(other.requests.byPath.get("/v1/calls")).toBeUndefined();
    expect(await askFile(path, "SELECT * FROM users ORDER BY id")).toEqual(users);
    expect((await capture(path, first, KEY, ALL)).exitCode).toBe(0);
  });

  test("goes on with a new key of the company, also when the company has been renamed", async () => {
    using folder = temporaryFolder();
    const path = folder.file("a.duckdb");
    {
      await using first = await company(KEY);
      await capture(path, first, KEY, ALL);
    }
    await prepare(path);
    await using renamed = await company(NEW_KEY);
    renamed.account.renameCompany("Renamed Sample Ltd");
    expect((await capture(path, renamed, NEW_KEY, ALL)).exitCode).toBe(0);
    expect(await askFile(path, "SELECT name FROM company")).toEqual([{ name: "Renamed Sample Ltd" }]);
  });
});

test("a file of calls alone refuses the key of another company as well", async () => {
  using folder = temporaryFolder();
  await using first = await company(KEY);
  await using other = await otherCompany(NEW_KEY);
  const path = folder.file("a.duckdb");
  await capture(path, first, KEY, "calls");
  const ended = await capture(path, other, NEW_KEY, "calls");
  expect(ended.stderr).toContain("and the API key belongs to Other Sample Ltd");
  expect(ended.exitCode).toBe(1);
});

test("a known key costs no request, whatever the company is called", async () => {
  using folder = temporaryFolder();
  await using first = await company(KEY);
  const path = folder.file("a.duckdb");
  await capture(path, first, KEY, "tags");
  first.account.renameCompany("Renamed Sample Ltd");
  const before = first.requests.total;
  expect((await capture(path, first, KEY, "tags")).exitCode).toBe(0);
  // The credentials, and the tags.
  expect(first.requests.total - before).toBe(2);
});

test("a key that may not read the users is recognised by the company's name", async () => {
  using folder = temporaryFolder();
  await using first = await company(KEY);
  first.faults.add({ match: "/v2/users", kind: "status", status: 403, every: 1 });
  await using other = await otherCompany(NEW_KEY);
  const path = folder.file("a.duckdb");
  expect((await capture(path, first, KEY, "tags")).exitCode).toBe(0);
  expect((await capture(path, other, NEW_KEY, "tags")).stderr).toContain(
    "and the API key belongs to Other Sample Ltd",
  );
});
