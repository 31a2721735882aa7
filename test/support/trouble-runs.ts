import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { startEmulator } from "../../emulator/index.ts";
import { requestTarget } from "../../emulator/requests.ts";
import { type CliContext, runCli } from "../../src/cli/index.ts";
import { bindingFor, type CaptureEvent, Connector } from "../../src/connector.ts";
import { ConnectorError } from "../../src/errors.ts";
import type { StreamName } from "../../src/streams/index.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import type { Trouble } from "./troubles.ts";
import { CONFIG, rememberingLog } from "./world.ts";

const START_MS = Date.UTC(2026, 5, 15, 12);

/** A stream, and what goes wrong with every request of some kind. */
export interface TroubledStream {
  readonly stream: StreamName;
  readonly trouble: Trouble;
  readonly strikes: (target: string) => boolean;
}

/** What becomes of the stream when the trouble stays. */
export interface Consequence {
  /** How long is waited before each further attempt; random waits are half of what they may be. */
  readonly waitsMs: readonly number[];
  /** How long the stream is left alone after its run has ended; `undefined` when it has not. */
  readonly againAfterMs: number | undefined;
  readonly sessionEnds: boolean;
  /** Why, in the words of the connector. */
  readonly message: string | undefined;
  /** How many documents of another stream, `company`, were captured meanwhile. */
  readonly othersCaptured: number;
}

/** A small account in moved time, and the troubled way to it. It has lists of two pages, and a call that goes on. */
async function troubledWorld({ trouble, strikes }: TroubledStream) {
  const clock = new SimulatedClock(START_MS);
  const account = { calls: 0, contacts: 0, tags: 60 };
  const emulator = await startEmulator({ clock, limit: null, account });
  const nowSeconds = START_MS / 1000;
  for (let past = 0; past < 70; past++)
    emulator.account.calls.add(1, { startedAtSeconds: nowSeconds - 86_400 + past });
  emulator.account.calls.ring({ startedAtSeconds: nowSeconds - 3_000 });
  const struck: string[] = [];
  const answer: typeof fetch = (input, init) => {
    const target = requestTarget(String(input));
    const signal = init?.signal ?? new AbortController().signal;
    const ask = () => clock.hold(() => emulator.fetch(input, init));
    if (!strikes(target)) return ask();
    struck.push(target);
    return trouble({ clock, emulator, target, signal, ask });
  };
  return {
    clock,
    struck,
    origin: emulator.url,
    ports: { clock, random: () => 0.5, fetch: answer },
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

/** Follows the stream and `company` until both have run and the trouble has struck. */
export async function followed(one: TroubledStream): Promise<Consequence> {
  await using world = await troubledWorld(one);
  const { clock, ports, origin, struck } = world;
  const stop = new AbortController();
  const observed = new Observation(clock, () => struck.length > 0 && stop.abort());
  const connector = new Connector({
    ports: { ...ports, log: rememberingLog() },
    origin,
    rateWindowMs: 60_000,
  });
  const blocks = connector.capture({
    config: CONFIG,
    bindings: [one.stream, "company" as const].map((stream) => bindingFor(stream)),
    state: {},
    until: "follow",
    signal: stop.signal,
    onEvent: (event) => observed.onEvent(event),
  });
  const reading = async () => {
    for await (const { binding, documents } of blocks) observed.othersCaptured += binding * documents.length;
  };
  const failure = await endOf(reading(), clock);
  if (failure !== undefined && !(failure instanceof ConnectorError)) throw failure;
  return {
    waitsMs: observed.waitsMs,
    againAfterMs: observed.message === undefined ? undefined : observed.restsForMs.get(0),
    sessionEnds: failure !== undefined,
    message: failure?.message ?? observed.message,
    othersCaptured: observed.othersCaptured,
  };
}

/** What a session of two bindings tells of its troubled one, which is the first. */
class Observation {
  readonly waitsMs: number[] = [];
  readonly restsForMs = new Map<number, number>();
  message: string | undefined;
  othersCaptured = 0;
  readonly #clock: SimulatedClock;
  readonly #onBothRest: () => void;

  constructor(clock: SimulatedClock, onBothRest: () => void) {
    this.#clock = clock;
    this.#onBothRest = onBothRest;
  }

  onEvent(event: CaptureEvent): void {
    if (event.kind === "failed") this.message = event.error.message;
    if (event.kind === "wait" && event.binding === 0) this.waitsMs.push(event.untilMs - this.#clock.now());
    if (event.kind !== "rests") return;
    this.restsForMs.set(event.binding, event.untilMs - this.#clock.now());
    if (this.restsForMs.size === 2) this.#onBothRest();
  }
}

/** The exit code of `capture` for the stream and `company`, and what it says on standard error. */
export async function passed(one: TroubledStream): Promise<{ exitCode: number; stderr: string }> {
  await using world = await troubledWorld(one);
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-"));
  const stderr = new PassThrough();
  const context = {
    env: {
      AIRCALL_API_URL: world.origin,
      AIRCALL_API_ID: CONFIG.api_id,
      AIRCALL_API_TOKEN: CONFIG.api_token,
    },
    stdout: new PassThrough(),
    stderr,
    ports: world.ports,
    signal: new AbortController().signal,
  } as unknown as CliContext;
  let exitCode = -1;
  const run = async () => {
    const file = join(folder, "it.duckdb");
    exitCode = await runCli(["capture", "--to", file, "--streams", `${one.stream},company`], context);
  };
  const failure = await endOf(run(), world.clock);
  rmSync(folder, { recursive: true });
  if (failure) throw failure;
  return { exitCode, stderr: String(stderr.read() ?? "") };
}

/** Lets time pass until the work is over, and gives what it throws. */
async function endOf(work: Promise<void>, clock: SimulatedClock): Promise<Error | undefined> {
  let isOver = false;
  const ended = work
    .then(
      () => undefined,
      (error: Error) => error,
    )
    .finally(() => {
      isOver = true;
    });
  while (!isOver) await clock.runUntil(clock.now() + 1_000);
  return ended;
}
