import { expect, test } from "vitest";
import { API_TOKEN, startEmulator } from "../../emulator/index.ts";
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
