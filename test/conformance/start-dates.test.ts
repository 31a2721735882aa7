import { describe, expect, test } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import { AirbyteConnection, askAirbyte } from "../support/airbyte.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { askFlow, FlowTask } from "../support/flow-runtime.ts";
import { type Ended, emulated, runProgram } from "../support/program.ts";
import { runTap } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";
import { callProcesses, KEY } from "./call-processes.ts";

const DAY_MS = 86_400_000;
const QUIET = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 1, webhooks: 0 };

const startingDaysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

/** A call every day, which started half a day before it. */
async function callsOfDays(days: number) {
  const aircall = await stillAccount({ account: QUIET });
  const now = Math.floor(Date.now() / 1000);
  for (let day = days; day > 0; day--)
    aircall.account.calls.add(1, { startedAtSeconds: now - (day - 0.5) * 86_400 });
  return aircall;
}

function captureLocally(aircall: Emulator, folder: TemporaryFolder, startDate: string): Promise<Ended> {
  const to = folder.file("calls.duckdb");
  const args = ["capture", "--to", to, "--streams", "calls", "--start-date", startDate];
  return runProgram(args, emulated(aircall.url));
}

test.each(Object.entries(callProcesses))(
  "with %s, an earlier start date adds what was left out, once, and a later one changes nothing",
  async (_, processes) => {
    using folder = temporaryFolder();
    await using aircall = await callsOfDays(60);
    const captureCalls = processes({ aircall, folder });
    const captured: number[] = [];
    for (const days of [10, 10, 50, 5, 50]) captured.push(await captureCalls(startingDaysAgo(days)));
    expect(captured).toEqual([10, 0, 40, 0, 0]);
  },
);

describe("a start date that lies ahead is refused, and its property is named", () => {
  const ahead = { ...KEY, start_date: startingDaysAgo(-30) };
  const refusal = /start_date must not lie in the future\. It is .*Z, and now it is .*Z\./;
  const refusedLine = { message: expect.stringMatching(refusal) };

  test("by Flow", async () => {
    await using aircall = await callsOfDays(1);
    const env = emulated(aircall.url);
    const binding = (resource: object = {}) => ({ resourceConfig: { stream: "calls", ...resource } });
    const { start_date } = ahead;
    const requests = [
      { validate: { config: ahead, bindings: [binding()] } },
      { validate: { config: KEY, bindings: [binding({ start_date })] } },
    ];
    for (const request of requests) expect((await askFlow([request], env)).logs).toMatchObject([refusedLine]);
    for (const [config, resource] of [
      [ahead, {}],
      [KEY, { start_date }],
    ] as const) {
      const session = new FlowTask(config, [{ ...binding(resource), stateKey: "calls" }], env).open();
      expect((await session.ended).logs.at(-1)).toMatchObject(refusedLine);
    }
  });

  test("by Airbyte", async () => {
    using folder = temporaryFolder();
    await using aircall = await callsOfDays(1);
    const env = emulated(aircall.url);
    const { messages } = await askAirbyte(["check", "--config", folder.write("config.json", ahead)], env);
    expect(messages.at(-1)?.body).toMatchObject({
      status: "FAILED",
      message: expect.stringMatching(refusal),
    });
    const sync = await new AirbyteConnection(ahead, [{ name: "calls" }], env).sync();
    expect(sync.errors()).toMatchObject([
      { message: expect.stringMatching(refusal), failure_type: "config_error" },
    ]);
  });

  test("by Singer", async () => {
    using folder = temporaryFolder();
    await using aircall = await callsOfDays(1);
    expect(await runTap(folder, { config: ahead }, emulated(aircall.url))).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(refusal),
    });
  });

  test("by the commands for people", async () => {
    using folder = temporaryFolder();
    await using aircall = await callsOfDays(1);
    const env = emulated(aircall.url);
    const config = folder.write("config.json", ahead);
    const refused = { stdout: "", stderr: expect.stringMatching(refusal) };
    expect(await captureLocally(aircall, folder, ahead.start_date)).toMatchObject(refused);
    expect(await runProgram(["check", "--config", config], env)).toMatchObject(refused);
    expect(aircall.requests.total).toBe(0);
  });
});
