import { expect, test } from "vitest";
import { API_ID, API_TOKEN } from "../../emulator/index.ts";
import { emulated, runProgram, startProgram } from "../support/program.ts";

test("an emulator that is stopped while it starts ends", async () => {
  const running = startProgram(["emulator", "--port", "0", "--calls", "10", "--contacts", "10"]);
  running.stop();
  const { exitCode, stderr } = await running.ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});

test("a webhook of the emulator can have an http address on this machine", async () => {
  const running = startProgram(["emulator", "--port", "0", "--calls", "10", "--messages", "10"]);
  const line = new Promise<string>((resolve) => running.stdout.once("data", resolve));
  const [url = ""] = /http:[\d.:/]+\d/.exec(await line) ?? [];
  const answer = await fetch(`${url}/v1/webhooks`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${API_ID}:${API_TOKEN}`)}`, "content-type": "application/json" },
    body: JSON.stringify({ url: "http://127.0.0.1:8080/events" }),
  });
  expect(answer.status).toBe(201);
  running.stop();
  expect(await running.ended).toMatchObject({ exitCode: 0, stderr: "" });
});

test("a share of events is at most 100 percent", async () => {
  const { exitCode, stderr } = await runProgram(["emulator", "--events-losses", "101"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("--events-losses");
  expect(stderr).toContain("at most 100");
});

test("a plan with some kinds of insights is served, and a name of another stream is refused", async () => {
  const running = startProgram(["emulator", "--port", "0", "--calls", "50", "--add-ons", "summaries,topics"]);
  const line = new Promise<string>((resolve) => running.stdout.once("data", resolve));
  const [url = ""] = /http:[\d.:/]+\d/.exec(await line) ?? [];
  const { stdout } = await runProgram(["check", "--streams", "summaries,evaluations"], emulated(url));
  expect(stdout).toMatch(/^summaries +ok/m);
  expect(stdout).toMatch(/^evaluations +not in plan/m);
  running.stop();
  expect(await running.ended).toMatchObject({ exitCode: 0 });
  const { exitCode, stderr } = await runProgram(["emulator", "--add-ons", "summaries,calls"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("calls is not a stream of insights");
});
