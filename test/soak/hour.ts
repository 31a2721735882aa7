import fc from "fast-check";
import { type Emulator, startEmulator } from "../../emulator/index.ts";
import { hashText, Random } from "../../emulator/random.ts";
import { Collections } from "../property/collections.ts";
import { AccountLife, act } from "../property/life.ts";
import type { CapturedAccount } from "../property/promises.ts";
import { TestClock } from "../support/clock.ts";
import { connectorTo } from "../support/world.ts";
import { UnreliableNetwork } from "./network.ts";
import { CaptureProcess, type ProcessOptions } from "./process.ts";

const START_MS = Date.UTC(2026, 5, 15, 12);
const MINUTE_MS = 60_000;
const MINUTES = 60;
const DAY_SECONDS = 86_400;

/** How many requests a minute Aircall allows the company, from a minute of the hour on. */
const LIMITS: Readonly<Record<number, number>> = { 0: 120, 15: 60, 30: 30, 45: 120 };

const PAST_CALLS = 600;
const PAST_SECONDS = 20 * DAY_SECONDS;
const PAST_CONTACTS = 150;
const LISTS = { users: 60, numbers: 10, teams: 4, tags: 20, webhooks: 3 };

/** How long nothing happens in the account between two things that do. */
const ACTS_APART_MS = [250, 2_750] as const;

/** How long a process lives, and how long it takes until the next one begins. */
const LIFETIME_MS = [2 * MINUTE_MS, 6 * MINUTE_MS] as const;
const GAP_MS = [1_000, 20_000] as const;

/** A process that is to die captures so many lines more, which ends it within a block. */
const LAST_LINES = [1, 40] as const;

/**
 * An account that lives for an hour of moved time, and the processes that capture it, one after the
 * other, over a network that lets them down. The same seed gives the same hour.
 */
export class Hour implements CapturedAccount, AsyncDisposable {
  readonly clock: TestClock;
  readonly emulator: Emulator;
  readonly network: UnreliableNetwork;
  readonly life: AccountLife;
  readonly collections: Collections;
  readonly listInProgress = true;
  /** What ended a process that nothing had asked to end. */
  readonly failures: unknown[] = [];
  readonly #seed: number;
  readonly #chance: Random;

  private constructor(seed: number, emulator: Emulator, clock: TestClock) {
    this.#seed = seed;
    this.#chance = new Random(seed, hashText("processes"));
    this.clock = clock;
    this.emulator = emulator;
    this.network = new UnreliableNetwork(emulator, clock, seed);
    this.life = new AccountLife(emulator.account);
    this.collections = new Collections(emulator);
  }

  static async begin(seed: number): Promise<Hour> {
    const clock = new TestClock(START_MS);
    const account = { ...LISTS, calls: 0, contacts: 0 };
    const hour = new Hour(seed, await startEmulator({ clock, account, seed: String(seed) }), clock);
    for (let past = 0; past < PAST_CALLS; past++)
      hour.life.addCalls(1, Math.floor((past * PAST_SECONDS) / PAST_CALLS));
    hour.life.addContacts(PAST_CONTACTS);
    return hour;
  }

  /** Lets the hour pass, and calls back at the end of every minute. */
  async pass(afterMinute: () => void): Promise<void> {
    const over = new AbortController();
    const work = Promise.all([this.#live(over.signal), this.#capture(over.signal)]);
    for (let minute = 0; minute < MINUTES; minute++) {
      this.emulator.limiter.limit = LIMITS[minute] ?? this.emulator.limiter.limit;
      await this.clock.runUntil(START_MS + (minute + 1) * MINUTE_MS);
      afterMinute();
    }
    over.abort();
    await this.clock.runWhile(work, 0);
  }

  /** A pass over every stream, which nothing disturbs and which takes no time. */
  async look(): Promise<void> {
    this.network.isReliable = true;
    this.emulator.limiter.limit = Infinity;
    const options = { until: "pass", rateWindowMs: 0 } as const;
    await this.clock.runWhile(this.#end(this.#process(options, new AbortController().signal)), 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.emulator.close();
  }

  /** Things happen in the account. */
  async #live(over: AbortSignal): Promise<void> {
    const chance = new Random(this.#seed, hashText("life"));
    const most = (MINUTES * MINUTE_MS) / ACTS_APART_MS[0];
    for (const one of fc.sample(act, { seed: this.#seed, numRuns: most })) {
      await this.clock.sleep(chance.integer(...ACTS_APART_MS), over).catch(() => {});
      if (over.aborted) return;
      this.life.happens(one);
    }
  }

  /** Processes come and go: half of them are asked to stop, half of them are killed. */
  async #capture(over: AbortSignal): Promise<void> {
    const chance = this.#chance;
    while (!over.aborted) {
      const isKilled = chance.chance(0.5);
      const stop = new AbortController();
      const process = this.#process(
        { until: "follow", rateWindowMs: MINUTE_MS },
        AbortSignal.any([over, stop.signal]),
      );
      void this.clock.sleep(chance.integer(...LIFETIME_MS)).then(() => {
        if (isKilled) void process.killAfter(chance.integer(...LAST_LINES));
        else stop.abort();
      });
      await this.#end(process);
      await this.clock.sleep(chance.integer(...GAP_MS), over).catch(() => {});
    }
  }

  #process(options: { until: ProcessOptions["until"]; rateWindowMs: number }, signal: AbortSignal) {
    const { clock, network, emulator, collections } = this;
    network.forgetBlock();
    const ports = { random: () => this.#chance.next(), fetch: network.fetch };
    return new CaptureProcess({
      until: options.until,
      connector: connectorTo(emulator, clock, ports, options.rateWindowMs),
      clock,
      collections,
      signal,
    });
  }

  async #end(process: CaptureProcess): Promise<void> {
    await process.run().catch((failure: unknown) => this.failures.push(failure));
  }
}
