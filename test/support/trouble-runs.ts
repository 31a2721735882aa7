import { startEmulator } from "../../emulator/index.ts";
import { requestTarget } from "../../emulator/requests.ts";
import type { CaptureEvent } from "../../src/connector.ts";
import { ConnectorError } from "../../src/errors.ts";
import type { StreamName } from "../../src/streams/index.ts";
import { Follower } from "./capture.ts";
import { TestClock } from "./clock.ts";
import { temporaryFolder } from "./files.ts";
import { type Ended, startProgram } from "./program.ts";
import type { Trouble } from "./troubles.ts";
import { CONFIG, connectorTo } from "./world.ts";

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
  const clock = new TestClock();
  const account = { calls: 0, contacts: 0, tags: 60 };
  const emulator = await startEmulator({ clock, limit: null, account });
  const nowSeconds = clock.now() / 1000;
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
    emulator,
    ports: { clock, random: () => 0.5, fetch: answer },
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

/** Follows the stream and `company` until both have run and the trouble has struck. */
export async function followed(one: TroubledStream): Promise<Consequence> {
  await using world = await troubledWorld(one);
  const { clock, ports, emulator, struck } = world;
  const observed = new Observation(clock, () => struck.length > 0 && follower.stop());
  const connector = connectorTo(emulator, clock, ports);
  const follower = new Follower({ connector, clock }, [one.stream, "company"], {
    onEvent: (event) => observed.onEvent(event),
    take: (stream) => {
      if (stream === "company") observed.othersCaptured += 1;
    },
  });
  const failure = await endOf(follower.ended, clock);
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
  readonly #clock: TestClock;
  readonly #onBothRest: () => void;

  constructor(clock: TestClock, onBothRest: () => void) {
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
export async function passed(one: TroubledStream): Promise<Pick<Ended, "exitCode" | "stderr">> {
  await using world = await troubledWorld(one);
  using folder = temporaryFolder();
  const env = {
    AIRCALL_API_URL: world.emulator.url,
    AIRCALL_API_ID: CONFIG.api_id,
    AIRCALL_API_TOKEN: CONFIG.api_token,
  };
  const args = ["capture", "--to", folder.file("it.duckdb"), "--streams", `${one.stream},company`];
  return await world.clock.runWhile(startProgram(args, env, world.ports).ended);
}

/** Lets time pass until the work is over, and gives what it throws. */
function endOf(work: Promise<void>, clock: TestClock): Promise<Error | undefined> {
  return clock.runWhile(work).then(
    () => undefined,
    (error: Error) => error,
  );
}
