import { setTimeout as delay } from "node:timers/promises";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index.ts";
import { TestClock } from "./clock.ts";
import { freePort } from "./event-world.ts";
import { temporaryFolder } from "./files.ts";
import { emulated, type RunningProgram, startInTime } from "./program.ts";

const MOST_TRIES = 600;

const ACCOUNT = { calls: 0, contacts: 0, users: 2, numbers: 2, teams: 1, tags: 2, webhooks: 0 };

/** Work with a file takes its own time, in which the clock must not run away. */
const STORE_MS = 2;
const STEP_MS = 100;

async function inStep(clock: TestClock, work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  while (!isOver) {
    await clock.runUntil(clock.now() + STEP_MS);
    await delay(STORE_MS);
  }
  await work;
}

export interface StatusWorldOptions {
  readonly emulator?: Partial<EmulatorOptions>;
  /** Prepares the emulator before the capture starts. */
  readonly before?: (emulator: Emulator) => void;
  /** Further arguments of the capture. */
  readonly args?: readonly string[];
  readonly withEvents?: boolean;
  /** The path of the file that is written; by default one in a folder that is gone at the end. */
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface StatusWorld extends AsyncDisposable {
  readonly clock: TestClock;
  readonly emulator: Emulator;
  readonly running: RunningProgram;
  /** Of the page, with a slash at its end. */
  readonly url: string;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Sends the events that are due, and lets time pass until they are answered. */
  deliver(): Promise<void>;
  /** Lets time pass until the page, or a path beside it, has something; resolves to its text. */
  shows(words: string | RegExp, path?: string): Promise<string>;
  /** The text that the page or a path beside it has now. */
  text(path?: string): Promise<string>;
}

/** A capture in moved time that follows an emulated account and serves its page over HTTP. Dispose of it with `await using`. */
export async function startStatusWorld(options: StatusWorldOptions = {}): Promise<StatusWorld> {
  const clock = new TestClock();
  const folder = temporaryFolder();
  const emulator = await startEmulator({
    clock: clock.truth,
    limit: null,
    account: ACCOUNT,
    httpOnThisMachine: true,
    ...options.emulator,
    sendEvent: fetch,
  });
  options.before?.(emulator);
  const port = await freePort();
  const events = options.withEvents ? ["--events-url", `http://127.0.0.1:${port}`] : [];
  const path = options.path ?? folder.file("a.duckdb");
  const env = { ...emulated(emulator.url), AIRCALL_EVENTS_PORT: String(port), ...options.env };
  const args = ["capture", "--to", path, "--follow", "--status", "0", ...events, ...(options.args ?? [])];
  const running = startInTime(clock, emulator)(args, env);
  let shown = "";
  for (const output of [running.stdout, running.stderr])
    output.on("data", (chunk: string) => {
      shown += chunk;
    });
  // The address of the page comes before any other.
  await inStep(clock, running.shows("http://127.0.0.1:"));
  const url = /(?:status page: |"event":"page","url":")(http[^\s"]+)/.exec(shown)?.[1] ?? "";
  const text = async (path = "") => (await fetch(`${url}${path}`)).text();
  return {
    clock,
    emulator,
    running,
    url,
    pass: (ms) => clock.runUntil(clock.now() + ms),
    deliver: () => inStep(clock, emulator.events.deliverDue()),
    async shows(words, path) {
      for (let tries = 0; ; tries++) {
        const found = await text(path);
        if (found.search(words) >= 0) return found;
        if (tries === MOST_TRIES) throw new Error(`it does not show ${words}: ${found}`);
        await clock.runUntil(clock.now() + 1_000);
        await delay(STORE_MS);
      }
    },
    text,
    async [Symbol.asyncDispose]() {
      running.stop();
      await inStep(clock, running.ended);
      await emulator.close();
      folder[Symbol.dispose]();
    },
  };
}
