import fc from "fast-check";
import { type Emulator, type Fault, startEmulator } from "../../emulator/index.ts";
import type { Connector } from "../../src/connector.ts";
import { type ListedStreamName, listedStreamNames } from "../../src/streams/index.ts";
import { capture, withinLines } from "../support/capture.ts";
import { leapingClock, type TestClock } from "../support/clock.ts";
import { connectorTo } from "../support/world.ts";
import { Collections } from "./collections.ts";
import { AccountLife, type Act, act } from "./life.ts";

const DAY_SECONDS = 86_400;

/** So that whatever changes a call, a re-read is still to come for it. */
const LONGEST_HISTORY_SECONDS = 25 * DAY_SECONDS;

/** How an account begins, and how Aircall behaves where nobody knows. */
export interface Setting {
  readonly listInProgress: boolean;
  readonly callsFromInclusive: boolean;
  readonly pastCalls: number;
  readonly contacts: number;
  readonly users: number;
  readonly tags: number;
}

export type Step =
  | { readonly kind: "act"; readonly act: Act }
  | { readonly kind: "advance"; readonly seconds: number }
  | CaptureStep
  /** A capture that nothing disturbs, after which everything is where it is promised to be. */
  | { readonly kind: "check" };

/** A process that captures until it has said so many lines, or has nothing more to do. */
export interface CaptureStep {
  readonly kind: "capture";
  readonly lines: number;
  /** All streams, or one. */
  readonly stream: ListedStreamName | undefined;
  /** Left out, the request budget holds up nothing. */
  readonly requestsPerMinute: number | undefined;
  /** What happens in the account just before one of the answers. */
  readonly edits: readonly { readonly nth: number; readonly act: Act }[];
  readonly faults: readonly Fault[];
}

export interface History {
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

const listSize = fc.oneof(
  { weight: 5, arbitrary: fc.nat(6) },
  { weight: 1, arbitrary: fc.integer({ min: 49, max: 75 }) },
);

export const setting: fc.Arbitrary<Setting> = fc.record({
  listInProgress: fc.boolean(),
  callsFromInclusive: fc.boolean(),
  pastCalls: listSize,
  contacts: listSize,
  users: listSize,
  tags: listSize,
});

const advance = fc
  .oneof(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 60, max: 45 * 60 }),
    fc.integer({ min: 3_600, max: 2 * DAY_SECONDS }),
  )
  .map((seconds): Step => ({ kind: "advance", seconds }));

export const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom<"status" | "missingKey" | "html">("status", "status", "missingKey", "html"),
  status: fc.constantFrom(500, 502, 429),
  nth: fc.integer({ min: 1, max: 12 }),
  every: fc.constant(1),
  times: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(7)),
}) as fc.Arbitrary<Fault>;

const captureStep: fc.Arbitrary<CaptureStep> = fc.record({
  kind: fc.constant("capture" as const),
  lines: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 250 }), fc.constant(Infinity)),
  stream: fc.option(fc.constantFrom(...listedStreamNames), { nil: undefined }),
  requestsPerMinute: fc.constantFrom(3, 20, undefined),
  edits: fc.array(fc.record({ nth: fc.integer({ min: 1, max: 30 }), act }), { maxLength: 4 }),
  faults: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fault, { maxLength: 2 }) },
  ),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: act.map((one): Step => ({ kind: "act", act: one })) },
  { weight: 4, arbitrary: advance },
  { weight: 3, arbitrary: captureStep },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: "check" }) },
);

export const history: fc.Arbitrary<History> = fc.record({
  setting,
  steps: fc.array(step, { minLength: 5, maxLength: 24, size: "max" }),
});

/** An account in moved time, and what has been captured of it by processes that come and go. */
export class HistoryWorld implements AsyncDisposable {
  readonly clock: TestClock;
  readonly emulator: Emulator;
  readonly life: AccountLife;
  readonly collections: Collections;
  readonly listInProgress: boolean;
  #leftSeconds = LONGEST_HISTORY_SECONDS;

  private constructor(emulator: Emulator, clock: TestClock, listInProgress: boolean) {
    this.listInProgress = listInProgress;
    this.clock = clock;
    this.emulator = emulator;
    this.life = new AccountLife(emulator.account);
    this.collections = new Collections(emulator);
  }

  static async begin(setting: Setting, clock = leapingClock()): Promise<HistoryWorld> {
    const { listInProgress, callsFromInclusive, users, tags } = setting;
    const account = { calls: 0, contacts: 0, users, numbers: 2, teams: 2, tags, webhooks: 2 };
    const emulator = await startEmulator({ clock, limit: null, account, listInProgress, callsFromInclusive });
    const world = new HistoryWorld(emulator, clock, listInProgress);
    for (let left = setting.pastCalls, day = 0; left > 0; left -= 17, day += 0.7) {
      world.life.addCalls(Math.min(17, left), Math.floor(day * DAY_SECONDS));
    }
    world.life.addContacts(setting.contacts);
    return world;
  }

  /** That of a new process, which knows nothing but what the state tells it. */
  get connector(): Connector {
    return this.#connector();
  }

  #connector(rateWindowMs?: number): Connector {
    return connectorTo(this.emulator, this.clock, {}, rateWindowMs);
  }

  advance(seconds: number): void {
    const within = Math.min(seconds, this.#leftSeconds);
    this.#leftSeconds -= within;
    this.clock.advance(within * 1_000);
  }

  async capture({ lines, stream, requestsPerMinute, edits, faults }: CaptureStep): Promise<void> {
    for (const { nth, act } of edits) {
      this.emulator.faults.add({ kind: "edit", nth, edit: () => this.life.happens(act) });
    }
    for (const fault of faults) this.emulator.faults.add(fault);
    await this.#run(lines, stream ? [stream] : listedStreamNames, requestsPerMinute);
    this.emulator.faults.clear();
  }

  /** A whole pass over every stream, which nothing disturbs. */
  pass(): Promise<void> {
    return this.#run(Infinity, listedStreamNames);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.emulator.close();
  }

  async #run(lines: number, names: readonly ListedStreamName[], requestsPerMinute?: number): Promise<void> {
    const began = this.clock.now();
    const blocks = capture(this.#connector(requestsPerMinute && 60_000), names, {
      config: requestsPerMinute ? { advanced: { requests_per_minute: requestsPerMinute } } : {},
      state: structuredClone(this.collections.state),
    });
    for await (const block of withinLines(lines, blocks)) this.collections.take(block, names);
    this.collections.restart();
    this.#leftSeconds -= (this.clock.now() - began) / 1_000;
  }
}
