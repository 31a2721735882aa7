import { setImmediate as settle } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TestClock } from "../../test/support/clock.ts";
import { RequestBudget } from "./budget.ts";

const START_MS = Date.UTC(2026, 5, 15, 12);
const nobody = new AbortController().signal;
const unheard = () => {};

test("each request goes in its turn, as early as no window of the budget is overfull", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.nat(40), { minLength: 1, maxLength: 20 }).map((times) => times.sort((a, b) => a - b)),
      async (requests, windowMs, arrivals) => {
        const clock = new TestClock(START_MS);
        const budget = new RequestBudget({ requests, windowMs, clock });
        const sent: number[] = [];
        const order: number[] = [];
        for (let atMs = 0, next = 0; order.length < arrivals.length; atMs += 1, clock.advance(1)) {
          for (; arrivals[next] === atMs; next += 1) {
            const caller = next;
            void budget.take(nobody, unheard).then(() => {
              order.push(caller);
              sent.push(clock.now() - START_MS);
            });
          }
          await settle();
        }
        const earliest: number[] = [];
        for (const [index, arrival] of arrivals.entries()) {
          const freeMs = (earliest[index - requests] ?? -windowMs) + windowMs;
          earliest.push(Math.max(arrival, earliest[index - 1] ?? 0, freeMs));
        }
        expect(order).toEqual([...arrivals.keys()]);
        expect(sent).toEqual(earliest);
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test("nothing is sent before a block ends, and an earlier block does not shorten it", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 10, windowMs: 1_000, clock });
  budget.blockUntil(START_MS + 5_000);
  budget.blockUntil(START_MS + 2_000);
  const waits: number[] = [];
  let isSent = false;
  void budget
    .take(nobody, (untilMs) => waits.push(untilMs))
    .then(() => {
      isSent = true;
    });
  await settle();
  clock.advance(4_999);
  await settle();
  expect(isSent).toBe(false);
  clock.advance(1);
  await settle();
  expect(isSent).toBe(true);
  expect(waits).toEqual([START_MS + 5_000]);
});

test("a block that comes while a caller waits is obeyed as well", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 1, windowMs: 1_000, clock });
  await budget.take(nobody, unheard);
  let isSent = false;
  void budget.take(nobody, unheard).then(() => {
    isSent = true;
  });
  await settle();
  budget.blockUntil(START_MS + 60_000);
  clock.advance(59_999);
  await settle();
  expect(isSent).toBe(false);
  clock.advance(1);
  await settle();
  expect(isSent).toBe(true);
});

test("a caller that gives up while it waits pays nothing and holds nobody up", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 1, windowMs: 1_000, clock });
  await budget.take(nobody, unheard);
  const givesUp = new AbortController();
  const first = budget.take(givesUp.signal, unheard);
  let isSent = false;
  void budget.take(nobody, unheard).then(() => {
    isSent = true;
  });
  await settle();
  givesUp.abort(new Error("enough"));
  await expect(first).rejects.toThrow("enough");
  await settle();
  expect(isSent).toBe(false);
  clock.advance(1_000);
  await settle();
  expect(isSent).toBe(true);
});

test("a caller that has given up before its turn is never granted one", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 1, windowMs: 1_000, clock });
  await expect(budget.take(AbortSignal.abort(new Error("too late")), unheard)).rejects.toThrow("too late");
  await budget.take(nobody, unheard);
  expect(clock.sleptMs).toEqual([]);
});
