import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { startTouchedRun } from "./touched-run.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_SECONDS = 86_400;

const idsIn = (rows: readonly unknown[]) =>
  rows.map((row) => (row as { id: number }).id).sort((left, right) => left - right);

/** Long enough for all pages that are asked for ahead to be answered. */
async function answers(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await turn();
}

describe("a page that was asked for before an object changed", () => {
  test("does not overwrite the call that an event has named meanwhile", async () => {
    await using run = await startTouchedRun("calls");
    const { calls, nowSeconds } = run.emulator.account;
    const startedAtSeconds = nowSeconds - 2 * DAY_SECONDS;
    const [, second, last] = [0, 1, 2].map((later) =>
      calls.add(50, { startedAtSeconds: startedAtSeconds + later }),
    ) as [number, number, number];
    let hasChanged = false;
    run.hooks.beforeBlock = async ({ documents }) => {
      if (hasChanged || !documents.some(({ id }) => id === second)) return;
      hasChanged = true;
      await answers();
      calls.archive(last);
      void run.touched.add({ id: last, hint: startedAtSeconds + 2 });
      run.clock.advance(4 * SECOND_MS);
    };
    await run.pass(0);
    expect(run.rows.size).toBe(150);
    expect(run.rows.get(last)).toMatchObject({ archived: true });
  });

  test("does not overwrite the contact that an event has named meanwhile, and brings no deleted one back", async () => {
    await using run = await startTouchedRun("contacts", { account: { contacts: 1_000 } });
    const { contacts } = run.emulator.account;
    const listed = idsIn([...run.emulator.truth("contacts")]);
    const [edited, deleted] = [listed[170], listed[180]] as [number, number];
    let pages = 0;
    run.hooks.beforeBlock = async ({ documents }) => {
      // Pages are asked for ahead once the first has shown how many there are.
      if (documents.length === 0 || ++pages !== 2) return;
      await answers();
      contacts.edit(edited, { information: "Edited while the page was under way" });
      void run.touched.add({ id: edited, hint: 0 });
      contacts.remove(deleted);
      void run.touched.add({ id: deleted, hint: 1 });
      run.clock.advance(4 * SECOND_MS);
    };
    await run.pass(0);
    expect(pages).toBeGreaterThan(2);
    expect(run.rows.get(edited)).toMatchObject({ information: "Edited while the page was under way" });
    expect(run.rows.has(deleted)).toBe(false);
    expect(run.rows.size).toBe(listed.length - 1);
  });
});

test("a contact that is said to be deleted is looked for, whatever else its events say and in which order", async () => {
  await using run = await startTouchedRun("contacts", { account: { contacts: 200 } });
  await run.pass(0);
  const { contacts } = run.emulator.account;
  const [edited, deleted] = [...run.rows.keys()] as [number, number];
  contacts.remove(deleted);
  for (const hint of [0, 1, 0]) void run.touched.add({ id: deleted, hint });
  void run.touched.add({ id: edited, hint: 1 });
  expect(await run.pass(5 * SECOND_MS)).toEqual([{ id: deleted, _meta: { op: "d" } }]);
  contacts.restore(deleted);
  void run.touched.add({ id: deleted, hint: 1 });
  expect(await run.pass(5 * SECOND_MS)).toEqual([expect.objectContaining({ id: deleted })]);
  expect(run.keptTouched()).toEqual({});
});

test("a call from before the start date is not captured, and does not stay in the state", async () => {
  await using run = await startTouchedRun("calls", { config: { start_date: "2026-06-01T00:00:00Z" } });
  await run.pass(0);
  const { calls } = run.emulator.account;
  const startedAtSeconds = Date.UTC(2026, 4, 20) / 1000;
  const id = calls.add(1, { startedAtSeconds });
  for (const hint of [startedAtSeconds, 0]) {
    void run.touched.add({ id, hint });
    expect(await run.pass(10 * SECOND_MS)).toEqual([]);
  }
  expect(run.keptTouched()).toEqual({});
  expect(run.requests(new RegExp(`/calls/${id}`))).toBe(2);
});

test("a call that an earlier process has left in the state is read two seconds after the start", async () => {
  await using run = await startTouchedRun("calls", { touched: { 3000000001: 0 } });
  await run.pass(1_900);
  expect(run.requests(/\/calls\/3000000001/)).toBe(0);
  await run.pass(100);
  expect(run.requests(/\/calls\/3000000001/)).toBe(1);
  expect(run.keptTouched()).toEqual({});
});

test("events are read when the clock has been set back", async () => {
  await using run = await startTouchedRun("calls");
  const { calls, nowSeconds } = run.emulator.account;
  const id = calls.add(1, { startedAtSeconds: nowSeconds - 3 * DAY_SECONDS });
  await run.pass(MINUTE_MS);
  run.clock.aheadMs = -2 * HOUR_MS;
  calls.archive(id);
  void run.touched.add({ id, hint: 0 });
  expect(await run.pass(MINUTE_MS + 5 * SECOND_MS)).toEqual([
    expect.objectContaining({ id, archived: true }),
  ]);
});

describe("objects that Aircall does not answer for", () => {
  const failing = { kind: "status", status: 500, every: 1 } as const;

  test("are read again five minutes later, though calls of their age are read no more", async () => {
    await using run = await startTouchedRun("calls");
    const { calls, nowSeconds } = run.emulator.account;
    const id = calls.add(1, { startedAtSeconds: nowSeconds - 90 * DAY_SECONDS });
    await run.pass(MINUTE_MS);
    calls.archive(id);
    const fault = run.emulator.faults.add({ ...failing, match: `/v1/calls/${id}` });
    void run.touched.add({ id, hint: 0 });
    expect(await run.pass(4 * MINUTE_MS)).toEqual([]);
    fault.remove();
    expect(await run.pass(4 * MINUTE_MS)).toEqual([expect.objectContaining({ id, archived: true })]);
    expect(run.keptTouched()).toEqual({});
  });

  test.each(["calls", "contacts"] as const)(
    "leave the other %s to go on, however many they are",
    async (name) => {
      await using run = await startTouchedRun(name, { account: { contacts: 100 } });
      const { calls, contacts } = run.emulator.account;
      await run.pass(MINUTE_MS);
      run.emulator.faults.add({ ...failing, match: new RegExp(`/v1/${name}/\\d`) });
      for (let id = 1; id <= 30; id++) void run.touched.add({ id, hint: 1 });
      const changed = name === "calls" ? calls.ring() : contacts.add();
      expect((await run.pass(6 * MINUTE_MS)).map(({ id }) => id)).toEqual([changed]);
      expect(run.log.lines.filter((line) => line.startsWith("error"))).toEqual([]);
    },
  );
});

test("a storm of events beside a long history holds up neither the polls nor the history", async () => {
  await using run = await startTouchedRun("calls", {
    account: { calls: 3_000, days: 100 },
    requestsPerMinute: 60,
  });
  await run.pass(SECOND_MS);
  const historyBefore = JSON.stringify(run.state().unread);
  for (let id = 1; id <= 1_500; id++) void run.touched.add({ id, hint: 0 });
  run.emulator.requests.clear();
  const beganMs = run.clock.now();
  const rang: number[] = [];
  for (let minute = 0; minute < 3; minute++) {
    const id = run.emulator.account.calls.ring();
    rang.push(id);
    await run.pass(MINUTE_MS);
  }
  const minutes = (run.clock.now() - beganMs) / MINUTE_MS;
  const captured = new Set(run.documents.map(({ id }) => id));
  expect(rang.filter((id) => !captured.has(id)).length).toBeLessThanOrEqual(1);
  const touchedReads = run.requests(/\/calls\/\d/);
  expect(touchedReads).toBeGreaterThan(minutes * 20);
  expect(touchedReads).toBeLessThanOrEqual((minutes + 1) * 30);
  expect(JSON.stringify(run.state().unread)).not.toBe(historyBefore);
  expect(run.requests(/order=asc/)).toBeGreaterThan(2 * minutes);
  expect(Object.keys(run.keptTouched()).length).toBeGreaterThan(600);
});
