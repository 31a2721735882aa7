import { describe, expect, test } from "vitest";
import { API_TOKEN, type Emulator, startEmulator } from "../../emulator/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { insightNames, requestedStreamNames } from "../../src/streams/index.ts";
import { temporaryFolder } from "../support/files.ts";
import { emulated, runProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

test("check tells of each stream whether it is ok, empty or refused, and what to do", async () => {
  const emulator = await startEmulator({ limit: null, account: { tags: 0 } });
  emulator.faults.add({ match: "/v1/webhooks", kind: "status", status: 403, every: 1 });
  const ended = await runProgram(["check", "--streams", "users,tags,webhooks"], emulated(emulator.url));
  await emulator.close();
  expect(ended.exitCode).toBe(1);
  const [table = "", pace] = ended.stdout.trim().split("\n\n");
  const [, ...rows] = table.split("\n");
  expect(rows).toEqual([
    expect.stringMatching(/^tags +empty +0 +nothing, unless you expect rows/),
    expect.stringMatching(/^users +ok +60$/),
    expect.stringMatching(/^webhooks +refused +Aircall accepts the API key and yet refuses \/v1\/webhooks/),
  ]);
  expect(pace).toMatch(/^A first capture of 60 rows takes under 1 min/);
  expect(pace).not.toContain("Insights");
});

test("K8: check reports how long a first capture takes at the pace that the config allows", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 6_000 } });
  const config = folder.write("config.json", { advanced: { requests_per_minute: 10 } });
  const env = { ...emulated(aircall.url), AIRCALL_RATE_WINDOW_MS: "60000" };
  const ended = await runProgram(["check", "--streams", "calls", "--config", config], env);
  const [, calls = ""] = /^calls +ok +([\d,]+)/m.exec(ended.stdout) ?? [];
  const minutes = Math.round(Number(calls.replace(",", "")) / 500);
  expect(ended.stdout).toContain(
    `A first capture of ${calls} rows takes about ${minutes} min: at most 10 requests a minute`,
  );
});

test("K4: check prints what Aircall answers, and hides a secret in it", async () => {
  await using aircall = await stillAccount();
  const body = { error: `\u001b[2J\nwebhooks  ok  ${API_TOKEN}` };
  aircall.faults.add({ match: "/v1/tags", kind: "status", status: 400, every: 1, body });
  const ended = await runProgram(["check", "--streams", "tags"], emulated(aircall.url));
  expect(ended.stdout).not.toContain("\u001b");
  expect(ended.stdout).not.toMatch(/^webhooks/m);
  expect(ended.stdout).toContain("\\x1b[2J");
  expect(ended.stdout + ended.stderr).not.toContain(API_TOKEN);
});

describe("check reads each kind of insight of a recent call", () => {
  async function checked(aircall: Emulator, streams: string) {
    const { exitCode, stdout } = await runProgram(["check", "--streams", streams], emulated(aircall.url));
    const [table = ""] = stdout.split("\n\n");
    return { exitCode, rows: table.split("\n").slice(1) };
  }

  const insightPaths = ({ requests }: Emulator) =>
    requests.recent.map(({ target }) => target).filter((target) => /^\/v1\/calls\/\d+\//.test(target));
  const lists = ({ requests }: Emulator) =>
    requests.recent.filter(({ target }) => /^\/v1\/calls(\?|$)/.test(target));

  test("I4: which is ok whether it has the insight or not, and costs one list of calls for all kinds", async () => {
    await using aircall = await stillAccount({ account: { calls: 50, days: 20 } });
    const { exitCode, rows } = await checked(aircall, insightNames.join());
    expect(exitCode).toBe(0);
    expect(rows).toEqual(insightNames.map((name) => expect.stringMatching(new RegExp(`^${name} +ok`))));
    expect(lists(aircall)).toHaveLength(1);
    expect(insightPaths(aircall)).toHaveLength(insightNames.length);
    const [id = 0] = insightPaths(aircall).map((target) => Number(target.split("/")[3]));
    const call = ([...aircall.truth("calls")] as JsonObject[]).find((row) => row.id === id) ?? {};
    expect(call.status).toBe("done");
    expect(call.recording ?? call.voicemail).toBeTruthy();
  });

  test("I4: which is not in the plan where Aircall refuses the kind and accepts the key, and is no failure", async () => {
    await using aircall = await stillAccount({
      account: { calls: 50, days: 20 },
      insights: { addOns: ["summaries"], missing: "forbidden" },
    });
    const { exitCode, rows } = await checked(aircall, "tags,summaries,evaluations,predicted_csats");
    expect(exitCode).toBe(0);
    expect(rows).toEqual([
      expect.stringMatching(/^tags +ok/),
      expect.stringMatching(/^summaries +ok/),
      expect.stringMatching(/^evaluations +not in plan +leave the stream out, or ask Aircall for the add-on/),
      expect.stringMatching(/^predicted_csats +not in plan +leave the stream out/),
    ]);
  });

  test("which is a failure where Aircall cannot serve it", async () => {
    await using aircall = await stillAccount({ account: { calls: 50, days: 20 } });
    aircall.faults.add({ match: /\/summary$/, kind: "status", status: 500, every: 1 });
    const { exitCode, rows } = await checked(aircall, "summaries,topics");
    expect(exitCode).toBe(1);
    expect(rows).toEqual([
      expect.stringMatching(/^topics +ok/),
      expect.stringMatching(/^summaries +refused +Aircall could not be read/),
    ]);
  });

  test("unless no recent call was recorded: then no insight is asked for", async () => {
    await using aircall = await stillAccount({ account: { calls: 0 } });
    const { exitCode, rows } = await checked(aircall, "summaries");
    expect(exitCode).toBe(0);
    expect(rows).toEqual([
      expect.stringMatching(/^summaries +empty +0 +nothing: no recent call has a recording/),
    ]);
    expect(insightPaths(aircall)).toEqual([]);
  });

  test("in all that it reads by default", async () => {
    await using aircall = await stillAccount({ account: { calls: 50, days: 20 } });
    const { stdout } = await runProgram(["check"], emulated(aircall.url));
    const checkedNames = stdout
      .split("\n\n")[0]
      ?.split("\n")
      .slice(1)
      .map((row) => row.split(" ")[0]);
    expect(checkedNames).toEqual(requestedStreamNames);
    expect(stdout).toContain("each costs a request for its call and kind");
  });
});
