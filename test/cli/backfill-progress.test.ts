import { expect, test } from "vitest";
import { TestClock } from "../support/clock.ts";
import { isDeep } from "../support/draws.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { type Ended, emulated, startInTime } from "../support/program.ts";
import { CONFIG } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";

const CALLS = 9_000;

interface Written extends Ended {
  /** How long the program ran, by its own clock. */
  readonly elapsedMs: number;
}

/** What a program writes in the two minutes or so in which the request budget lets it read the history of calls. */
async function written(args: (folder: TemporaryFolder) => string[]): Promise<Written> {
  using folder = temporaryFolder();
  const clock = new TestClock();
  const beganMs = clock.now();
  await using aircall = await stillAccount({ clock: clock.truth, account: { calls: CALLS, days: 60 } });
  const env = { ...emulated(aircall.url), AIRCALL_RATE_WINDOW_MS: "60000" };
  const ended = await clock.runWhile(startInTime(clock, aircall)(args(folder), env).ended);
  return { ...ended, elapsedMs: clock.now() - beganMs };
}

const capture = (folder: TemporaryFolder) => [
  "capture",
  "--to",
  folder.file("a.duckdb"),
  "--streams",
  "calls",
];
const linesOf = (text: string) => text.trim().split("\n");
const STANDING =
  /(\d+) %, [\d,]+ rows? done, [\d,]+ left, [\d,]+ a minute(, (about [\d hmin]+|under 1 min) left)?$/;

/** Reports come every ten seconds while the history is read, and have all figures. */
function expectReports(lines: readonly string[], elapsedMs: number): void {
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.length).toBeLessThanOrEqual(elapsedMs / 10_000);
  const percents = lines.map((line) => Number(STANDING.exec(line)?.[1]));
  expect(percents).toEqual(percents.toSorted((left, right) => left - right));
  expect(lines.filter((line) => !STANDING.test(line))).toEqual([]);
}

test.runIf(isDeep)(
  "K2: without a terminal, a capture prints a line every ten seconds while it reads a history",
  async () => {
    const { exitCode, stderr, elapsedMs } = await written(capture);
    expect(exitCode).toBe(0);
    expectReports(
      linesOf(stderr).filter((line) => line.startsWith("calls: backfill ")),
      elapsedMs,
    );
  },
);

test("K2: with --json, a capture writes what is done and left, the rate and the time", async () => {
  const { stdout } = await written((folder) => [...capture(folder), "--json"]);
  const objects = linesOf(stdout).map((line) => JSON.parse(line));
  const backfills = objects.flatMap(({ backfill }) => (backfill ? [backfill] : []));
  expect(backfills.length).toBeGreaterThan(4);
  for (const { doneRows, leftRows, percent } of backfills)
    expect(percent).toBe(Math.floor((100 * doneRows) / (doneRows + leftRows)));
  // The last one may come when nothing has moved for a minute, and then no time is left to be known.
  expect(backfills.at(2)).toMatchObject({
    rowsPerMinute: expect.any(Number),
    secondsLeft: expect.any(Number),
  });
  expect(objects.at(-1)).toMatchObject({ event: "summary" });
  expect(objects.at(-1).streams[0]).not.toHaveProperty("backfill");
});

test("K2: the tap writes metrics in Singer's form at its default level, whose sum is the number of records", async () => {
  const { stdout, stderr, elapsedMs } = await written((folder) => [
    "singer",
    "--config",
    folder.write("config.json", CONFIG),
    "--catalog",
    folder.write("catalog.json", { streams: [{ tap_stream_id: "calls", stream: "calls", schema: {} }] }),
  ]);
  expectReports(
    linesOf(stderr).filter((line) => line.startsWith("info: calls: backfill ")),
    elapsedMs,
  );
  const points = linesOf(stderr).flatMap((line) => {
    const [, point] = /^INFO METRIC: (.*)$/.exec(line) ?? [];
    return point === undefined ? [] : [JSON.parse(point)];
  });
  for (const point of points)
    expect(point).toMatchObject({ type: "counter", metric: "record_count", tags: { endpoint: "calls" } });
  const records = linesOf(stdout).filter((line) => line.includes('"type":"RECORD"'));
  expect(points.reduce((sum, { value }) => sum + value, 0)).toBe(records.length);
  expect(points.filter(({ backfill }) => backfill?.secondsLeft > 0).length).toBeGreaterThan(4);
});

test("K2: Airbyte gets a log and an estimate of the rows", async () => {
  const { stdout, elapsedMs } = await written((folder) => [
    ...["airbyte", "read", "--config", folder.write("config.json", CONFIG), "--catalog"],
    folder.write("catalog.json", { streams: [{ stream: { name: "calls" }, sync_mode: "incremental" }] }),
  ]);
  const messages = linesOf(stdout)
    .filter((line) => !line.includes('"RECORD"'))
    .map((line) => JSON.parse(line));
  const logged = messages.flatMap(({ log }) => (log?.level === "INFO" ? [log.message] : []));
  expectReports(
    logged.filter((message) => message.startsWith("calls: backfill ")),
    elapsedMs,
  );
  const estimates = messages.flatMap(({ trace }) => (trace?.type === "ESTIMATE" ? [trace.estimate] : []));
  expect(estimates.length).toBeGreaterThan(4);
  for (const { name, type, row_estimate } of estimates) {
    expect({ name, type }).toEqual({ name: "calls", type: "STREAM" });
    expect(Math.abs(row_estimate - CALLS)).toBeLessThan(0.1 * CALLS);
  }
});
