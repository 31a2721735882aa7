import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { isDeep } from "../support/draws.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { emulated } from "../support/program.ts";
import { type OnTerminal, pty, startOnTerminal, type TerminalSize } from "../support/pty.ts";
import { nthRequest, stillAccount } from "../support/still-account.ts";
import { expectTruth } from "../support/truth.ts";

const CTRL_C = "\u0003";

/** A capture on a terminal that waits for the answer to its nth request, the thirtieth unless it says so. */
async function hangingCapture(
  path: string,
  aircall: Emulator,
  { nth = 30, env = {}, size }: { nth?: number; env?: object; size?: TerminalSize } = {},
): Promise<OnTerminal> {
  const reached = nthRequest(aircall, nth);
  aircall.faults.add({ kind: "hang", nth, every: 1 });
  const running = startOnTerminal(["capture", "--to", path], { ...emulated(aircall.url), ...env }, size);
  await reached;
  return running;
}

const STOPS: Record<string, (running: OnTerminal) => void> = {
  "Ctrl-C": (running) => running.type(CTRL_C),
  SIGTERM: ({ pid }) => process.kill(pid, "SIGTERM"),
};

describe.skipIf(!pty)("on a terminal (skipped where @lydell/node-pty has no binary)", () => {
  test.each(Object.entries(STOPS))(
    "K1: %s ends a capture at a checkpoint, with its summary and exit code 130",
    async (_, stop) => {
      using folder = temporaryFolder();
      await using aircall = await stillAccount();
      const path = folder.file("a.duckdb");
      const running = await hangingCapture(path, aircall);
      stop(running);
      expect(await running.ended).toEqual({ exitCode: 130, signal: 0 });
      expect(running.output()).toContain("Stopped early: run the same command to go on.");
      expect(existsSync(`${path}.wal`)).toBe(false);
      const [rows] = await askFile(path, "SELECT count(*)::INTEGER AS calls FROM calls");
      expect(rows?.calls).toBeGreaterThan(0);
    },
  );

  test("K1: a second Ctrl-C ends a capture that does not stop", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const hook = folder.file("deaf.cjs");
    writeFileSync(hook, "AbortController.prototype.abort = () => {};");
    const env = { NODE_OPTIONS: `--require=${hook}` };
    const running = await hangingCapture(folder.file("a.duckdb"), aircall, { env });
    running.type(CTRL_C);
    await sleep(500);
    running.type(CTRL_C);
    expect(await running.ended).toEqual({ exitCode: 0, signal: 2 });
  });

  test("K1: a terminal that is closed ends a capture at a checkpoint", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const path = folder.file("a.duckdb");
    const running = await hangingCapture(path, aircall);
    running.close();
    await running.ended;
    aircall.faults.clear();
    expect(existsSync(`${path}.wal`)).toBe(false);
    const [rows] = await askFile(path, "SELECT count(*)::INTEGER AS calls FROM calls");
    expect(rows?.calls).toBeGreaterThan(0);
    const next = startOnTerminal(["capture", "--to", path], emulated(aircall.url));
    expect((await next.ended).exitCode).toBe(0);
    await expectTruth(path, aircall, "calls");
  });

  test.each(isDeep ? [120, 80, 50, 30] : [50])(
    "K5: at %i columns, each stream has one line",
    async (columns) => {
      using folder = temporaryFolder();
      await using aircall = await stillAccount({ account: { calls: 6_000 } });
      const size = { columns, rows: 24 };
      const running = await hangingCapture(folder.file("a.duckdb"), aircall, { nth: 60, size });
      await sleep(300);
      const lines = await running.screen();
      running.type(CTRL_C);
      await running.ended;
      expect(lines.map((line) => line.split(/\s+/)[1]).sort()).toEqual([...listedStreamNames]);
      expect(lines.find((line) => / calls /.test(line))).toMatch(columns < 50 ? /calls +[\d,]{3,} / : /\d %/);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(columns);
    },
  );

  test.runIf(isDeep)(
    "K5: a terminal that is resized keeps one line for each stream, and what was logged above",
    async () => {
      using folder = temporaryFolder();
      await using aircall = await stillAccount({ account: { calls: 6_000 } });
      aircall.faults.add({ match: "/v1/tags", kind: "status", status: 403, every: 1 });
      const size = { columns: 120, rows: 30 };
      const running = await hangingCapture(folder.file("a.duckdb"), aircall, { nth: 60, size });
      await sleep(300);
      for (const columns of [60, 100, 45, 80]) {
        await running.resize(columns, 30);
        await sleep(500);
        const lines = await running.screen();
        const marked = lines.filter((line) => /^[•…✓✗] /.test(line));
        expect(
          marked.map((line) => line.split(/\s+/)[1]).sort(),
          `${columns} columns: ${lines.join("\n")}`,
        ).toEqual([...listedStreamNames]);
        expect(lines[0]).toContain("error: tags: Aircall accepts the API key");
      }
      running.type(CTRL_C);
      await running.ended;
    },
  );

  test.runIf(isDeep).each([{ CI: "true" }, { TERM: "dumb" }, { NO_COLOR: "1" }])(
    "K5: with %o, no control sequence is written",
    async (env) => {
      using folder = temporaryFolder();
      await using aircall = await stillAccount();
      const running = startOnTerminal(["capture", "--to", folder.file("a.duckdb")], {
        ...emulated(aircall.url),
        ...env,
      });
      expect((await running.ended).exitCode).toBe(0);
      expect(running.output()).not.toContain("\u001b");
      expect(running.output()).toMatch(/^calls: [\d,]+ documents, 0 deletions\r$/m);
    },
  );

  test("K4: what Aircall says is printed, and moves no cursor", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const error = "\u001b[2J\u001b[H\nerror: forged\u202e";
    aircall.faults.add({ match: "/v1/tags", kind: "status", status: 400, every: 1, body: { error } });
    const running = startOnTerminal(["capture", "--to", folder.file("a.duckdb")], {
      ...emulated(aircall.url),
    });
    expect((await running.ended).exitCode).toBe(1);
    expect(running.output()).not.toContain("\u001b[2J");
    expect(running.output()).not.toMatch(/^error: forged/m);
    expect(running.output()).toContain("\\x1b[2J");
  });
});
