import { expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { emulated, runProgram } from "../support/program.ts";

test("check tells of each stream whether it is ok, empty or refused, and what to do", async () => {
  const emulator = await startEmulator({ limit: null, account: { tags: 0 } });
  emulator.faults.add({ match: "/v1/webhooks", kind: "status", status: 403, every: 1 });
  const ended = await runProgram(["check", "--streams", "users,tags,webhooks"], emulated(emulator.url));
  await emulator.close();
  expect(ended.exitCode).toBe(1);
  const [, ...rows] = ended.stdout.trim().split("\n");
  expect(rows).toEqual([
    expect.stringMatching(/^tags +empty +0 +nothing, unless you expect rows/),
    expect.stringMatching(/^users +ok +60$/),
    expect.stringMatching(/^webhooks +refused +Aircall accepts the API key and yet refuses \/v1\/webhooks/),
  ]);
});
