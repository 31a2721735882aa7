import { expect, test } from "vitest";
import { startProgram } from "../support/program.ts";

test("an emulator that is stopped while it starts ends", async () => {
  const running = startProgram(["emulator", "--port", "0", "--calls", "10", "--contacts", "10"]);
  running.stop();
  const { exitCode, stderr } = await running.ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});
