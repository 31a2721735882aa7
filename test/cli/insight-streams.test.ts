import { expect, test } from "vitest";
import { isRequested, listedStreamNames, streamNames } from "../../src/streams/index.ts";
import { temporaryFolder } from "../support/files.ts";
import { emulated, runProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const ACCOUNT = { calls: 20, days: 20, contacts: 10, users: 4, numbers: 2, teams: 2, tags: 3, webhooks: 1 };

test("I3: a capture leaves insights out unless they are named, and all are captured with --streams all", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: ACCOUNT });
  const captured = async (name: string, options: readonly string[]) => {
    const line = ["capture", "--json", "--to", folder.file(name), ...options];
    const { exitCode, stdout } = await runProgram(line, emulated(aircall.url));
    expect(exitCode).toBe(0);
    const summary = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    return summary.streams.map(({ stream }: { stream: string }) => stream);
  };
  const insightRequests = () =>
    aircall.requests.recent.filter(({ target }) => /^\/v1\/calls\/\d+\/\w/.test(target)).length;
  expect(await captured("usual.duckdb", [])).toEqual(listedStreamNames);
  expect(insightRequests()).toBe(0);
  expect(await captured("named.duckdb", ["--streams", "summaries,tags"])).toEqual(["tags", "summaries"]);
  expect(insightRequests()).toBeGreaterThan(0);
  expect(await captured("all.duckdb", ["--streams", "all"])).toEqual(streamNames.filter(isRequested));
});
