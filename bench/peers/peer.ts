import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import pidtree from "pidtree";
import { type Usage, UsageWatch } from "../process/usage.ts";

export type Protocol = "flow" | "airbyte";

export type Environment = Readonly<Record<string, string>>;

/** A connector that a command starts, whatever it is written in. */
export interface Peer {
  readonly protocol: Protocol;
  /** For a shell. */
  readonly command: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What a peer read of an account. */
export interface Reading {
  /** The IDs of the documents in the order in which they came. */
  readonly ids: readonly unknown[];
  /** From the start of the process to its last document. */
  readonly seconds: number;
  /** Of the process and all that it starts; `undefined` where processes cannot be watched. */
  readonly usage: Usage | undefined;
}

/** Listing the descendants of a process takes some 10 ms of CPU time, which must not slow the peer down. */
const SAMPLE_EVERY_MS = 100;

/** One process of a peer. */
export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #watch: UsageWatch;
  readonly #startedMs = performance.now();
  #errors = "";
  #isStopped = false;

  constructor(command: string, env: Environment) {
    // A shell splits the command; a process group of its own lets all of its processes be stopped.
    this.#child = spawn(`exec ${command}`, { shell: true, detached: true, env });
    const pid = this.#child.pid ?? 0;
    const processes = () => pidtree(pid, { root: true }).catch(() => [pid]);
    this.#watch = new UsageWatch(pid, processes, SAMPLE_EVERY_MS);
    this.#child.stderr?.on("data", (chunk) => {
      this.#errors = `${this.#errors}${chunk}`.slice(-2_000);
    });
    // The process may end before it has read its input: its exit code shows whether it failed.
    this.#child.stdin?.on("error", () => {});
  }

  get seconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  /** The JSON objects that the process writes, until it ends or is stopped; other lines are skipped. Throws when it fails. */
  async *messages(): AsyncGenerator<Record<string, unknown>, void, void> {
    if (!this.#child.stdout) return;
    const closed = once(this.#child, "close");
    for await (const line of createInterface({ input: this.#child.stdout })) {
      const message = parseObject(line);
      if (message) yield message;
    }
    const [exitCode] = await closed;
    if (exitCode !== 0 && !this.#isStopped)
      throw new Error(`it ended with ${exitCode}: ${this.#errors.trim().split("\n").at(-1)}`);
  }

  /** Ends the process and all that it has started. */
  async stop(): Promise<Usage | undefined> {
    this.#isStopped = true;
    const usage = await this.#watch.stop();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, "exit");
      process.kill(-(this.#child.pid ?? 0), "SIGKILL");
      await ended;
    }
    return usage;
  }
}

/** Runs a process until one of its messages has the stream that is looked for. */
export async function discover<Stream>(
  command: string,
  env: Environment,
  streamIn: (message: Record<string, unknown>) => Stream | undefined,
  request?: object,
): Promise<Stream> {
  const process = new PeerProcess(command, env);
  if (request) process.send(request);
  process.endInput();
  try {
    for await (const message of process.messages()) {
      const stream = streamIn(message);
      if (stream !== undefined) return stream;
    }
  } finally {
    await process.stop();
  }
  throw new Error("it discovered no such stream");
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
