import { type AccountSize, type Emulator, startEmulator } from "../../emulator/index.ts";
import { type CaptureEvent, Connector } from "../../src/connector.ts";
import { type StreamName, streams } from "../../src/streams/index.ts";
import { SimulatedClock } from "../../test/support/simulated-clock.ts";
import { rememberingLog } from "../../test/support/world.ts";
import { CREDENTIALS } from "../process/accounts.ts";

const START_MS = Date.UTC(2026, 8, 16);
const REQUEST_TAKES_MS = 300;

/** What streams that follow changes say that such a request is for. */
const POLLS = new Set(["poll", "incremental read"]);

/** Watches a capture that follows an account where nothing new happens, on a simulated clock. */
export async function withSimulation<Result>(
  account: Partial<AccountSize>,
  names: readonly StreamName[],
  watch: (simulation: Simulation) => Promise<Result>,
): Promise<Result> {
  const clock = new SimulatedClock(START_MS);
  const emulator = await startEmulator({
    clock,
    account,
    limit: null,
    lastCallSeconds: START_MS / 1000 - 3_600,
  });
  const simulation = new Simulation(clock, emulator, names);
  simulation.start();
  try {
    return await watch(simulation);
  } finally {
    await simulation.close();
  }
}

class Simulation {
  readonly clock: SimulatedClock;
  readonly #emulator: Emulator;
  readonly #names: readonly StreamName[];
  readonly #rests = new Map<number, number>();
  readonly #stop = new AbortController();
  #session: Promise<void> | undefined;
  documents = 0;
  requests = 0;
  /** Those of the requests that ask whether anything is new. */
  pollRequests = 0;

  constructor(clock: SimulatedClock, emulator: Emulator, names: readonly StreamName[]) {
    this.clock = clock;
    this.#emulator = emulator;
    this.#names = names;
  }

  /** How often a stream has come to rest, that is, has made a look. */
  rests(stream: StreamName): number {
    return this.#rests.get(this.#names.indexOf(stream)) ?? 0;
  }

  rows(stream: StreamName): number {
    return [...this.#emulator.truth(stream)].length;
  }

  start(): void {
    this.#session = this.#capture();
  }

  async #capture(): Promise<void> {
    const ports = { clock: this.clock, random: () => 0.5, fetch: this.#answer, log: rememberingLog() };
    const connector = new Connector({ ports, origin: this.#emulator.url, rateWindowMs: 60_000 });
    const blocks = connector.capture({
      config: CREDENTIALS,
      bindings: this.#names.map((stream) => ({
        resourceConfig: { stream, syncMode: streams[stream].syncMode },
        stateKey: stream,
      })),
      state: {},
      until: "follow",
      signal: this.#stop.signal,
      onEvent: (event) => this.#count(event),
    });
    for await (const { documents, committed } of blocks) {
      this.documents += documents.length;
      committed();
    }
  }

  #count(event: CaptureEvent): void {
    if (event.kind === "rests") this.#rests.set(event.binding, (this.#rests.get(event.binding) ?? 0) + 1);
    if (event.kind !== "request") return;
    this.requests += 1;
    if (POLLS.has(event.purpose)) this.pollRequests += 1;
  }

  readonly #answer: typeof fetch = async (input, init) => {
    await this.clock.sleep(REQUEST_TAKES_MS / 2);
    const response = await this.clock.hold(() => this.#emulator.fetch(input, init));
    await this.clock.sleep(REQUEST_TAKES_MS / 2);
    return response;
  };

  async close(): Promise<void> {
    this.#stop.abort();
    await this.clock.runUntil(this.clock.now() + 60_000);
    await this.#session;
    await this.#emulator.close();
  }
}
