import { expectPromisesKept, expectTruth } from "../property/promises.ts";
import { Hour } from "./hour.ts";
import { HeapSamples } from "./memory.ts";

const MONTH_MS = 31 * 86_400_000;

export interface Soak {
  readonly seed: number;
  readonly tookMs: number;
  readonly checks: readonly Check[];
  readonly counts: ReadonlyMap<string, number>;
  readonly troubles: ReadonlyMap<string, number>;
}

export interface Check {
  readonly name: string;
  /** What was found instead; empty when the check holds. */
  readonly faults: readonly string[];
  /** What was measured. */
  readonly figure?: string;
}

/** An hour of an account, captured against all odds, and what is to be said of it afterwards. */
export async function soak(seed: number): Promise<Soak> {
  const beganMs = performance.now();
  const rejections: string[] = [];
  const heap = new HeapSamples();
  const note = (reason: unknown) => rejections.push(String(reason));
  process.on("unhandledRejection", note);
  await using hour = await Hour.begin(seed);
  await hour.pass(() => heap.take());
  const { total: sent, refused } = hour.emulator.requests;
  await hour.look();
  const promises = faultsOf(() => expectPromisesKept(hour));
  await hour.clock.runUntil(hour.clock.now() + MONTH_MS);
  for (let looks = 0; looks < 2; looks++) await hour.look();
  const truth = faultsOf(() => expectTruth(hour));
  process.off("unhandledRejection", note);
  const wrongDeletions = hour.defects.filter((defect) => defect.includes("captured as deleted"));
  const neverStruck = [...hour.network.troubles].filter(([, times]) => times === 0).map(([name]) => name);
  const [first, middle, last] = heap.thirds.map((mib) => mib.toFixed(1));
  return {
    seed,
    tookMs: performance.now() - beganMs,
    checks: [
      { name: "what is due is captured, a look after the hour", faults: promises },
      { name: "all collections are the truth, a month after the hour", faults: truth },
      { name: "nothing that lives is deleted", faults: wrongDeletions },
      { name: "no session ends by itself, and none with a defect", faults: hour.defects },
      { name: "no rejection is left unhandled", faults: rejections },
      {
        name: "the heap stays flat",
        faults: heap.isFlat ? [] : ["the last third is above the one before"],
        figure: `${first}, ${middle}, ${last} MiB`,
      },
      {
        name: "nobody asks before Aircall's wait is over",
        faults: hour.network.impatient > 0 ? [`${hour.network.impatient} requests`] : [],
      },
      { name: "every kind of trouble has come", faults: neverStruck },
    ],
    counts: new Map([
      ["requests of the connector", hour.network.requests],
      ["requests that reached Aircall", sent],
      ["requests refused for being too many", refused],
      ...hour.counts,
    ]),
    troubles: hour.network.troubles,
  };
}

function faultsOf(expectation: () => void): string[] {
  try {
    expectation();
    return [];
  } catch (error) {
    return [String(error)];
  }
}
