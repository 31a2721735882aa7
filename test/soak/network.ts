import type { Emulator } from "../../emulator/index.ts";
import { hashText, Random } from "../../emulator/random.ts";
import { requestTarget } from "../../emulator/requests.ts";
import type { TestClock } from "../support/clock.ts";
import { PASSING_TROUBLES } from "../support/troubles.ts";

type TroubleName = keyof typeof PASSING_TROUBLES;

const NAMES = Object.keys(PASSING_TROUBLES) as TroubleName[];
const TROUBLED_SHARE = 0.2;

/** How long a request takes when nothing goes wrong. */
const TAKES_MS = [50, 500] as const;

/** Nobody is reached at all for a while, so that streams are given up and come back. */
const OUTAGE_MINUTES = [20, 23] as const;
const MINUTE_MS = 60_000;

/** How long a refusal blocks the company when it does not say. */
const BLOCK_MS = 60_000;

/** The way to the emulator, on which one request in five comes to grief. */
export class UnreliableNetwork {
  isReliable = false;
  /** Requests that were sent though Aircall had told to wait. */
  impatient = 0;
  readonly troubles = new Map<TroubleName, number>(NAMES.map((name) => [name, 0]));
  readonly #emulator: Emulator;
  readonly #clock: TestClock;
  readonly #chance: Random;
  readonly #beganMs: number;
  /** The kinds of trouble take turns, so that each of them comes. */
  #turn = 0;
  #block = { fromMs: Infinity, untilMs: Infinity };

  constructor(emulator: Emulator, clock: TestClock, seed: number) {
    this.#emulator = emulator;
    this.#clock = clock;
    this.#chance = new Random(seed, hashText("network"));
    this.#beganMs = clock.now();
  }

  /** A new process knows nothing of what the one before it was told. */
  forgetBlock(): void {
    this.#block = { fromMs: Infinity, untilMs: Infinity };
  }

  readonly fetch: typeof fetch = async (input, init) => {
    if (this.isReliable) return this.#emulator.fetch(input, init);
    if (this.#clock.now() > this.#block.fromMs && this.#clock.now() < this.#block.untilMs)
      this.impatient += 1;
    const answer = await this.#answer(input, init);
    if (answer.status === 429) this.#noteBlock(answer.headers);
    return answer;
  };

  async #answer(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Response> {
    const clock = this.#clock;
    const emulator = this.#emulator;
    const ask = () => clock.hold(() => emulator.fetch(input, init));
    const signal = init?.signal ?? new AbortController().signal;
    const trouble = this.#trouble();
    await clock.sleep(this.#chance.integer(...TAKES_MS), signal);
    if (trouble === undefined) return ask();
    this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
    const target = requestTarget(String(input));
    return PASSING_TROUBLES[trouble]({ clock, emulator, target, signal, ask });
  }

  #noteBlock(headers: Headers): void {
    const fromMs = this.#clock.now();
    const retryAfter = headers.get("retry-after");
    const retryAtMs = Date.parse(retryAfter ?? "");
    const isDate = / GMT$/.test(retryAfter ?? "");
    const seconds = isDate ? (retryAtMs - fromMs) / 1000 : Number(retryAfter);
    const reset = Number(headers.get("x-aircallapi-reset"));
    const resetMs = reset > 1e11 ? reset : reset * 1000;
    const untilMs = seconds > 0 ? fromMs + seconds * 1000 : resetMs > fromMs ? resetMs : fromMs + BLOCK_MS;
    if (untilMs > this.#block.untilMs || this.#block.untilMs === Infinity) this.#block = { fromMs, untilMs };
  }

  #trouble(): TroubleName | undefined {
    const minutes = (this.#clock.now() - this.#beganMs) / MINUTE_MS;
    if (minutes >= OUTAGE_MINUTES[0] && minutes < OUTAGE_MINUTES[1]) return "connection refused";
    if (!this.#chance.chance(TROUBLED_SHARE)) return undefined;
    this.#turn = (this.#turn + 1) % NAMES.length;
    return NAMES[this.#turn];
  }
}
