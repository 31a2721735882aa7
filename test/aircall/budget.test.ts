import { setImmediate as settle } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Allowance } from "../../src/aircall/allowance.ts";
import { RequestBudget } from "../../src/aircall/budget.ts";
import type { Priority } from "../../src/aircall/priorities.ts";
import type { Json } from "../../src/shared/json.ts";
import type { Clock } from "../../src/shared/ports.ts";
import { TestClock } from "../support/clock.ts";

const START_MS = Date.UTC(2026, 5, 15, 12);
const unstopped = new AbortController().signal;
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
            void budget.take("tail", unstopped, unheard).then(() => {
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

test("a clock that is set back holds nobody up, and lets nobody go too early", async () => {
  let setBackMs = 0;
  const base = new TestClock(START_MS, { leaps: true });
  const clock = { now: () => base.now() - setBackMs, sleep: base.sleep.bind(base), alarm: base.alarm };
  const budget = new RequestBudget({ requests: 2, windowMs: 1_000, clock });
  const sent: number[] = [];
  for (let request = 0; request < 4; request++) {
    if (request === 2) setBackMs = 8 * 86_400_000;
    await budget.take("tail", unstopped, unheard);
    sent.push(base.now() - START_MS);
  }
  expect(sent).toEqual([0, 0, 1_000, 1_000]);
});

test("nothing is sent before a block ends, and an earlier block does not shorten it", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 10, windowMs: 1_000, clock });
  const permit = await budget.take("tail", unstopped, unheard);
  budget.refused(permit, 5_000);
  budget.refused(permit, 2_000);
  const waits: number[] = [];
  let isSent = false;
  void budget
    .take("tail", unstopped, (waitMs) => waits.push(waitMs))
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
  expect(waits).toEqual([5_000]);
});

test("a block that comes while a caller waits is obeyed as well", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 1, windowMs: 1_000, clock });
  const permit = await budget.take("tail", unstopped, unheard);
  let isSent = false;
  void budget.take("tail", unstopped, unheard).then(() => {
    isSent = true;
  });
  await settle();
  budget.refused(permit, 60_000);
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
  await budget.take("tail", unstopped, unheard);
  const givesUp = new AbortController();
  const first = budget.take("tail", givesUp.signal, unheard);
  let isSent = false;
  void budget.take("tail", unstopped, unheard).then(() => {
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
  await expect(budget.take("tail", AbortSignal.abort(new Error("too late")), unheard)).rejects.toThrow(
    "too late",
  );
  await budget.take("tail", unstopped, unheard);
  expect(clock.sleptMs).toEqual([]);
});

/** Callers that come all at once; who was let go, in order, and when. */
async function callAll(
  budget: RequestBudget,
  clock: TestClock,
  priorities: readonly Priority[],
  untilMs: number,
) {
  const gone: { priority: Priority; atMs: number }[] = [];
  for (const priority of priorities) {
    void budget.take(priority, unstopped, unheard).then(() => {
      gone.push({ priority, atMs: clock.now() - START_MS });
    });
  }
  for (await settle(); clock.now() < START_MS + untilMs; await settle()) clock.advance(10);
  return gone;
}

test("the most urgent goes first, until somebody has waited for two windows", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 1, windowMs: 100, clock });
  await budget.take("tail", unstopped, unheard);
  const gone = await callAll(budget, clock, ["backfill", "reread", "tail", "snapshot", "tail"], 90);
  expect(gone).toEqual([]);
  await callAll(budget, clock, [], 600);
  expect(gone.map(({ priority }) => priority)).toEqual(["tail", "tail", "backfill", "reread", "snapshot"]);
});

test("nobody starves, however much there is to do that is more urgent", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 10, windowMs: 1_000, clock });
  const urgent = Array.from({ length: 100 }, (): Priority => "tail");
  const gone = await callAll(budget, clock, [...urgent, "backfill", "reread", "snapshot"], 13_000);
  const waitedMs = ["snapshot", "reread", "backfill"].map(
    (priority) => gone.find((one) => one.priority === priority)?.atMs,
  );
  expect(gone).toHaveLength(103);
  for (const atMs of waitedMs) expect(atMs).toBeLessThan(11_000);
});

test("a backfill uses the whole budget, and leaves room at once for what is urgent", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 100, windowMs: 60_000, clock });
  let sent = 0;
  const fill = async () => {
    for (;;) {
      await budget.take("backfill", unstopped, unheard);
      sent += 1;
    }
  };
  for (let caller = 0; caller < 5; caller++) void fill();
  const waitedMs: number[] = [];
  for (let tenths = 0; tenths < 6_000; tenths++) {
    await settle();
    clock.advance(100);
    if (tenths % 100 !== 0) continue;
    const cameMs = clock.now();
    void budget.take("tail", unstopped, unheard).then(() => {
      waitedMs.push(clock.now() - cameMs);
    });
  }
  const urgent = waitedMs.length;
  expect(sent + urgent).toBeGreaterThanOrEqual(0.99 * 1_000);
  expect(urgent).toBeGreaterThanOrEqual(59);
  expect(Math.max(...waitedMs)).toBeLessThanOrEqual(1_000);
});

describe("a refusal", () => {
  const refuseAt = async (accepted: number, stated?: number) => {
    const clock = new TestClock(START_MS);
    const budget = new RequestBudget({ requests: 100, windowMs: 60_000, clock });
    for (let sent = 0; sent < accepted; sent++) await budget.take("tail", unstopped, unheard);
    budget.refused(await budget.take("tail", unstopped, unheard), 60_000, stated);
    const inNextWindows = async (windows: number) => {
      const before = sentMs.length;
      for (let seconds = 0; seconds < 60 * windows; seconds++) {
        clock.advance(1_000);
        await settle();
      }
      return (sentMs.length - before) / windows;
    };
    const sentMs: number[] = [];
    const keepSending = async () => {
      for (;;) {
        await budget.take("tail", unstopped, unheard);
        sentMs.push(clock.now());
        await settle();
      }
    };
    for (let callers = 0; callers < 4; callers++) void keepSending();
    return inNextWindows;
  };

  test("teaches what the account has left for us, which is tried again little by little", async () => {
    const inNextWindows = await refuseAt(40, 120);
    expect(await inNextWindows(1)).toBeLessThanOrEqual(40);
    expect(await inNextWindows(8)).toBe(40);
    await inNextWindows(2);
    const probed = await inNextWindows(8);
    expect(probed).toBeGreaterThan(42);
    expect(probed).toBeLessThanOrEqual(44);
    await inNextWindows(120);
    expect(await inNextWindows(5)).toBe(100);
  });

  test("that states the limit is never forgotten", async () => {
    const inNextWindows = await refuseAt(60, 60);
    await inNextWindows(300);
    expect(await inNextWindows(10)).toBe(60);
  });

  test("of several requests that were under way together is one refusal", async () => {
    const clock = new TestClock(START_MS);
    const budget = new RequestBudget({ requests: 10, windowMs: 1_000, clock });
    const permits = [];
    for (let sent = 0; sent < 10; sent++) permits.push(await budget.take("tail", unstopped, unheard));
    for (const permit of permits.slice(7)) budget.refused(permit, 1_000);
    clock.advance(1_000);
    let sent = 0;
    for (let callers = 0; callers < 10; callers++) {
      void budget.take("tail", unstopped, unheard).then(() => {
        sent += 1;
      });
    }
    await settle();
    expect(sent).toBe(9);
  });
});

test("a probe that fails is repeated later, and later still", () => {
  const allowance = new Allowance(100);
  const MINUTE_MS = 60_000;
  allowance.refused(50, undefined, 0);
  expect(allowance.requests(10 * MINUTE_MS - 1)).toBe(50);
  expect(allowance.requests(10 * MINUTE_MS)).toBe(55);
  allowance.refused(50, undefined, 11 * MINUTE_MS);
  expect(allowance.requests(31 * MINUTE_MS - 1)).toBe(50);
  expect(allowance.requests(31 * MINUTE_MS)).toBe(55);
  allowance.refused(50, undefined, 32 * MINUTE_MS);
  expect(allowance.requests(72 * MINUTE_MS - 1)).toBe(50);
  expect(allowance.requests(72 * MINUTE_MS)).toBe(55);
});

test("a caller that gives up leaves no alarm behind, which would keep the process alive", async () => {
  const clock = new TestClock();
  const asleep: AbortSignal[] = [];
  const watched: Clock = {
    now: () => clock.now(),
    alarm: (afterMs, ring) => clock.alarm(afterMs, ring),
    sleep: (durationMs, signal) => {
      asleep.push(signal);
      return clock.sleep(durationMs, signal);
    },
  };
  const budget = new RequestBudget({ requests: 1, windowMs: 60_000, clock: watched });
  const stop = new AbortController();
  await budget.take("tail", stop.signal, () => {});
  const waiting = [1, 2].map(() => budget.take("tail", stop.signal, () => {}));
  stop.abort(new Error("stop"));
  for (const caller of waiting) await expect(caller).rejects.toThrow("stop");
  expect(asleep.length).toBeGreaterThan(0);
  expect(asleep.map(({ aborted }) => aborted)).not.toContain(false);
});

describe("what an earlier process has sent", () => {
  const WINDOW_MS = 60_000;
  const budgetOf = (clock: TestClock, requests: number) =>
    new RequestBudget({ requests, windowMs: WINDOW_MS, clock });
  const taken = (budget: RequestBudget, sent: number[]) =>
    budget.take("tail", unstopped, unheard).then(({ sentMs }) => void sent.push(sentMs));

  test("is counted, whenever the next one begins: no window is overfull", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20_000), { maxLength: 12 }), fc.nat(90_000), async (gaps, pauseMs) => {
        const clock = new TestClock(START_MS);
        const sent: number[] = [];
        const first = budgetOf(clock, 5);
        for (const gapMs of gaps) {
          await clock.runUntil(clock.now() + gapMs);
          void taken(first, sent);
        }
        await clock.runUntil(clock.now() + 200_000);
        const kept = JSON.stringify(first.recent());
        await clock.runUntil(clock.now() + pauseMs);
        const second = budgetOf(clock, 5);
        second.recall(JSON.parse(kept));
        for (let requests = 0; requests < 8; requests++) void taken(second, sent);
        await clock.runUntil(clock.now() + 400_000);
        expect(sent).toHaveLength(gaps.length + 8);
        sent.sort((left, right) => left - right);
        for (let index = 5; index < sent.length; index++)
          expect((sent[index] ?? 0) - (sent[index - 5] ?? 0)).toBeGreaterThanOrEqual(WINDOW_MS);
      }),
      { numRuns: 30 },
    );
  });

  test("is kept in a few numbers, and delays the next one by no more than a window", async () => {
    const clock = new TestClock(START_MS);
    const first = budgetOf(clock, 100);
    for (let requests = 0; requests < 100; requests++) {
      await first.take("tail", unstopped, unheard);
      clock.advance(500);
    }
    const kept = JSON.stringify(first.recent());
    expect(kept.length).toBeLessThan(200);
    const second = budgetOf(clock, 100);
    second.recall(JSON.parse(kept));
    const waits: number[] = [];
    void second.take("tail", unstopped, (waitMs) => waits.push(waitMs));
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeLessThanOrEqual(WINDOW_MS / 3);
  });

  test("is forgotten after a window, and so is what another clock has written", () => {
    for (const aheadMs of [-WINDOW_MS, 5_000, 10 ** 9]) {
      const budget = budgetOf(new TestClock(START_MS), 1);
      budget.recall({ sent: [[START_MS + aheadMs, 1]], blockedUntilMs: null });
      let waits = 0;
      void budget.take("tail", unstopped, () => waits++);
      expect(waits).toBe(0);
    }
  });

  test.each([undefined, {}, [], { sent: "many" }, { sent: [[1]] }, { sent: [[-1, 2]] }])(
    "may be %j, which says nothing",
    (kept) => {
      expect(budgetOf(new TestClock(), 1).recall(kept as Json | undefined)).toBe(0);
    },
  );

  test("includes a block that is not over", async () => {
    const clock = new TestClock(START_MS);
    const first = budgetOf(clock, 100);
    first.refused(await first.take("tail", unstopped, unheard), 60_000);
    clock.advance(20_000);
    const second = budgetOf(clock, 100);
    expect(second.recall(JSON.parse(JSON.stringify(first.recent())))).toBe(40_000);
    const waits: number[] = [];
    void second.take("tail", unstopped, (waitMs) => waits.push(waitMs));
    expect(waits).toEqual([40_000]);
  });
});

describe("what an answer says of the company's quota", () => {
  const begin = () => {
    const clock = new TestClock(START_MS);
    const budget = new RequestBudget({ requests: 100, windowMs: 60_000, clock });
    const waits: number[] = [];
    const take = () => budget.take("tail", unstopped, (waitMs) => waits.push(waitMs));
    return { clock, budget, waits, take };
  };

  test("bounds the requests that follow, less those that are under way, until it starts anew", async () => {
    const { clock, budget, waits, take } = begin();
    const [first] = [await take(), await take()];
    budget.heard(first, { remaining: 3, resetsInMs: 20_000 });
    await take();
    await take();
    expect(waits).toEqual([]);
    const late = take();
    expect(waits).toEqual([20_000]);
    await clock.runUntil(START_MS + 20_000);
    budget.heard(await late, { remaining: 1 });
    await take();
    expect(waits).toEqual([20_000]);
  });

  test("is found out by one request when it starts anew, and by the next one should that fail", async () => {
    const { clock, budget, waits, take } = begin();
    budget.heard(await take(), { remaining: 0, resetsInMs: 20_000 });
    const [first, second, third] = [take(), take(), take()];
    await clock.runUntil(START_MS + 20_000);
    expect(waits).toEqual([20_000, 20_000, 20_000, 60_000, 60_000]);
    budget.heard(await first, {});
    await Promise.all([second, third]);
  });

  test("lasts for a window when it does not say when it starts anew", async () => {
    const { budget, waits, take } = begin();
    budget.heard(await take(), { remaining: 0 });
    void take();
    expect(waits).toEqual([60_000]);
  });

  test("counts by the latest request, not by the latest answer", async () => {
    const { budget, waits, take } = begin();
    const [first, second] = [await take(), await take()];
    budget.heard(second, { remaining: 50 });
    budget.heard(first, { remaining: 0 });
    await take();
    expect(waits).toEqual([]);
  });

  test("lowers the allowance to the limit", async () => {
    const { budget, waits, take } = begin();
    budget.heard(await take(), { limit: 2 });
    await take();
    void take();
    expect(waits).toEqual([60_000]);
  });
});

test("the budget says what of a window is in use: what was sent, what it may hold, and for how long all is refused", async () => {
  const clock = new TestClock(START_MS);
  const budget = new RequestBudget({ requests: 8, windowMs: 60_000, clock });
  expect(budget.use).toEqual({ sentRequests: 0, allowedRequests: 8, blockedForMs: 0 });
  for (let request = 0; request < 4; request++) await budget.take("tail", unstopped, unheard);
  const refused = await budget.take("tail", unstopped, unheard);
  budget.refused(refused, 30_000);
  expect(budget.use).toEqual({ sentRequests: 4, allowedRequests: 4, blockedForMs: 30_000 });
  clock.advance(61_000);
  expect(budget.use).toEqual({ sentRequests: 0, allowedRequests: 4, blockedForMs: 0 });
});
