import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Store } from "../../src/local/store.ts";
import { draws } from "../support/draws.ts";
import { openCalls, temporaryFolder } from "./stores.ts";

const COMMITTER = join(import.meta.dirname, "child.ts");
const KILLS = draws(6, 120);
/** How many moments differ, of which each is later than the one before. */
const MOMENTS = 12;

/** Of 512 bytes, as `ulimit -f` counts them in a POSIX shell. */
const FILE_SIZE_LIMIT = 8_000;

it("opens after a kill at any moment and holds each key once and no half transaction", async () => {
  const path = join(await temporaryFolder(), "calls.duckdb");
  let confirmed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    confirmed = Math.max(confirmed, await commitUntilKilled(path, kill % MOMENTS));
    confirmed = await checkedRound(path, confirmed);
  }
  expect(confirmed).toBeGreaterThan(0);
});

it("says that the disk is full, and keeps what was committed before", async () => {
  const path = join(await temporaryFolder(), "calls.duckdb");
  // With the signal ignored, a file that would grow too large is an error of writing, as a full disk is.
  const cramped = `trap '' XFSZ; ulimit -f ${FILE_SIZE_LIMIT}; exec "$0" "$@"`;
  const child = spawn("sh", ["-c", cramped, process.execPath, COMMITTER, path, "commit"]);
  const closed = once(child, "close");
  const [heard, complaint] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  expect(await closed).toEqual([1, null]);
  expect(complaint.join("")).toMatch(
    /calls\.duckdb could not be written .*; free some disk space and run again/,
  );
  await checkedRound(path, lastRound(heard.join("")));
});

/** The last round that the process has confirmed before it was killed. */
async function commitUntilKilled(path: string, moment: number): Promise<number> {
  const child = spawn(process.execPath, [COMMITTER, path, "commit"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let heard = "";
  const killAfter = (milliseconds: number) => setTimeout(() => child.kill("SIGKILL"), milliseconds);
  // Every other one while it starts, makes or opens the file; the rest at some moment of some round.
  if (moment % 2 === 0) killAfter(100 + 10 * moment);
  child.stdout.on("data", (chunk) => {
    heard += chunk;
    if (heard.split("\n").length > moment) killAfter(3 * moment);
  });
  await once(child, "close");
  return lastRound(heard);
}

function lastRound(heard: string): number {
  return Math.max(0, ...heard.split("\n").map(Number).filter(Number.isInteger));
}

/** The round of the state, which is not older than the confirmed one and is that of the newest rows. */
async function checkedRound(path: string, confirmed: number): Promise<number> {
  const store = await openCalls(path);
  const round = Number(store.state.round ?? 0);
  expect(round).toBeGreaterThanOrEqual(confirmed);
  if (round > 0) await expectRowsOf(store, round);
  await store.close();
  return round;
}

async function expectRowsOf(store: Store, round: number): Promise<void> {
  const [counts] =
    await store.query(`SELECT count(*) AS rows, count(DISTINCT id) AS keys, max(round) AS newest,
      count(*) FILTER (round = ${round}) AS of_newest FROM calls`);
  expect(counts).toEqual({ rows: round + 199, keys: round + 199, newest: round, of_newest: 200 });
}
