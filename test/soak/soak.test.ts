import { expect, test } from "vitest";
import { expectPromisesKept, expectTruth } from "../property/promises.ts";
import { draws, firstSeed, isDeep } from "../support/draws.ts";
import { Hour } from "./hour.ts";
import { HeapSamples } from "./memory.ts";

const MONTH_MS = 31 * 86_400_000;

const SEEDS = Array.from({ length: draws(1, 20) }, (_, index) => firstSeed + index);

test.runIf(isDeep).each(SEEDS)(
  "an hour of an account is captured against all odds, with the seed %i",
  async (seed) => {
    const heap = new HeapSamples();
    await using hour = await Hour.begin(seed);
    await hour.pass(() => heap.take());
    await hour.look();
    expectPromisesKept(hour);
    await hour.clock.runUntil(hour.clock.now() + MONTH_MS);
    for (let looks = 0; looks < 2; looks++) await hour.look();
    expectTruth(hour);
    expect(hour.failures, "sessions that ended by themselves").toEqual([]);
    expect(hour.network.impatient, "requests before Aircall's wait was over").toBe(0);
    const unmet = [...hour.network.troubles].filter(([, times]) => times === 0).map(([name]) => name);
    expect(unmet, "kinds of trouble that did not come").toEqual([]);
    expect(heap.isFlat, `the heap stays flat: ${heap.thirds.map((mib) => mib.toFixed(1))} MiB`).toBe(true);
  },
);
