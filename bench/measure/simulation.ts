import { type AccountSize, type Emulator, startEmulator } from "../../emulator/index.ts";
import type { CaptureEvent } from "../../src/connector.ts";
import type { StreamName } from "../../src/streams/index.ts";
import { DEFAULT_BUDGET, Follower } from "../../test/support/capture.ts";
import { TestClock, takingTime } from "../../test/support/clock.ts";
import { connectorTo } from "../../test/support/world.ts";

const START_MS = Date.UTC(2026, 8, 16);
const REQUEST_TAKES_MS = 300;

/** What streams that follow changes say that such a request is for. */
const LOOKS = new Set(["poll", "incremental read"]);

/** Watches a capture that follows an account where nothing new happens, on a simulated clock. */
export async function withSimulation<Result>(
  account: Partial<AccountSize>,
  names: readonly StreamName[],
  watch: (simulation: Simulation) => Promise<Result>,
): Promise<Result> {
  const clock = new TestClock(START_MS);
  const emulator = await startEmulator({
    clock,
    account,
    limit: null,
    lastCallSeconds: START_MS / 1000 - 3_600,
  });
  const simulation = new Simulation(clock, emulator, names);
  try {
    return await watch(simulation);
  } finally {
    await simulation.close();
  }
}

class Simulation {
  readonly clock: TestClock;
  readonly #emulator: Emulator;
  readonly #names: readonly StreamName[];
  readonly #rests = new Map<number, number>();
  readonly #follower: Follower;
  documents = 0;
  requests = 0;
  /** Those of the requests that look whether anything is new. */
  lookRequests = 0;

  constructor(clock: TestClock, emulator: Emulator, names: readonly StreamName[]) {
    this.clock = clock;
    this.#emulator = emulator;
    this.#names = names;
    const fetch = takingTime(clock, emulator.fetch, REQUEST_TAKES_MS);
    this.#follower = new Follower({ connector: connectorTo(emulator, clock, { fetch }), clock }, names, {
      config: DEFAULT_BUDGET,
      onEvent: (event) => this.#count(event),
      take: () => {
        this.documents += 1;
      },
    });
  }

  /** How often a stream has come to rest, that is, has made a look. */
  rests(stream: StreamName): number {
    return this.#rests.get(this.#names.indexOf(stream)) ?? 0;
  }

  rows(stream: StreamName): number {
    return [...this.#emulator.truth(stream)].length;
  }

  #count(event: CaptureEvent): void {
    if (event.kind === "rests") this.#rests.set(event.binding, (this.#rests.get(event.binding) ?? 0) + 1);
    if (event.kind !== "request") return;
    this.requests += 1;
    if (LOOKS.has(event.purpose)) this.lookRequests += 1;
  }

  async close(): Promise<void> {
    await this.#follower[Symbol.asyncDispose]();
    await this.#emulator.close();
  }
}
