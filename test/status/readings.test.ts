import { expect, test } from "vitest";
import { SourceUnavailable, StoreError } from "../../src/errors.ts";
import { CaptureProgress, type TableSummary } from "../../src/local/index.ts";
import { statusApp } from "../../src/status/app.ts";
import { overviewOf } from "../../src/status/overview.ts";
import { page } from "../../src/status/page.ts";
import { Readings } from "../../src/status/readings.ts";
import { TestClock } from "../support/clock.ts";
import { rememberingLog } from "../support/world.ts";

const SECRET = "token-for-tests";

/** What a page reads from a store whose answers a test gives. */
function readingsOf(summary: () => Promise<TableSummary>) {
  const clock = new TestClock();
  const streams = ["tags"] as const;
  const sources = {
    target: `${SECRET}.duckdb`,
    progress: new CaptureProgress({ streams, clock, mostRowsPerMinute: 1, onChange: () => {} }),
    store: { summary },
    newestBy: () => undefined,
    charted: "calls",
    quotaUse: () => undefined,
    receivesEvents: false,
    clock,
    hide: (text: string) => text.replaceAll(SECRET, "[hidden]"),
  };
  return { clock, sources, readings: new Readings(sources) };
}

const rows = (count: number): TableSummary => ({ rows: count, rowsByHour: new Map() });

test("many pages at once read the store once, and a page within five seconds not at all", async () => {
  let reads = 0;
  const { readings, clock } = readingsOf(async () => {
    reads += 1;
    return rows(reads);
  });
  const pages = await Promise.all(Array.from({ length: 20 }, () => readings.latest()));
  expect(new Set(pages.map(({ tables }) => tables.get("tags")?.rows))).toEqual(new Set([1]));
  clock.advance(4_999);
  await readings.latest();
  expect(reads).toBe(1);
  clock.advance(1);
  expect((await readings.latest()).tables.get("tags")?.rows).toBe(2);
});

test("a store that takes long is read less often, and a page does not wait for it longer than three seconds", async () => {
  const answers: (() => void)[] = [];
  const { readings, clock, sources } = readingsOf(async () => {
    await new Promise<void>((resolve) => answers.push(resolve));
    return rows(answers.length);
  });
  const first = readings.latest();
  await clock.runUntil(clock.now() + 3_000);
  expect((await first).tables.size).toBe(0);
  expect(String(await page(overviewOf(sources, await first)))).toContain(
    "The rows have not been counted yet.",
  );
  clock.advance(3_000);
  answers[0]?.();
  await readings.settled();
  expect((await readings.latest()).tables.get("tags")?.rows).toBe(1);
  const shown = async () => String(await page(overviewOf(sources, await readings.latest())));
  expect(await shown()).not.toContain("The rows were counted");
  // Six seconds, twenty times.
  clock.advance(119_000);
  expect(await shown()).toMatch(/The rows were counted <time [^>]*>2 minutes ago</);
  expect(answers).toHaveLength(1);
  clock.advance(1_000);
  void readings.latest();
  expect(answers).toHaveLength(2);
  answers[1]?.();
  await readings.settled();
});

test("a store that cannot be read keeps the figures of before, and the page says why", async () => {
  let isBroken = false;
  const { readings, clock, sources } = readingsOf(async () => {
    if (isBroken) throw new StoreError(`a.duckdb cannot be read (<disk> ${SECRET}); fix the cause above.`);
    return rows(7);
  });
  await readings.latest();
  isBroken = true;
  clock.advance(60_000);
  const reading = await readings.latest();
  expect(reading.tables.get("tags")?.rows).toBe(7);
  const shown = String(await page(overviewOf(sources, reading)));
  expect(shown).toContain(
    "a.duckdb cannot be read (&lt;disk&gt; [hidden]); fix the cause above. The figures of rows are from before.",
  );
  isBroken = false;
  clock.advance(60_000);
  expect(await readings.latest()).not.toHaveProperty("problem");
});

test("no text on the page, among the metrics or in the health has a secret", async () => {
  const { readings, clock, sources } = readingsOf(() => Promise.reject(new Error(`store ${SECRET}`)));
  sources.progress.events.status = `events ${SECRET}`;
  sources.progress.onEvent({ kind: "failed", binding: 0, error: new SourceUnavailable(`stream ${SECRET}`) });
  clock.advance(3_600_000);
  const app = statusApp({ ...sources, receivesEvents: true }, readings, rememberingLog());
  const text = async (path: string) => (await app.request(path)).text();
  const shown = await text("/");
  for (const place of ["store", "events", "stream"]) expect(shown).toContain(`${place} [hidden]`);
  expect(shown).toContain("captures into [hidden].duckdb");
  const health = await text("/healthz");
  expect(health).toContain("stream [hidden]");
  for (const found of [shown, health, await text("/metrics")]) expect(found).not.toContain(SECRET);
});
