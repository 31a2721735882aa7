import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import pidtree from "pidtree";
import { isOptional, isStreamName } from "../../src/streams/index.ts";
import { type Usage, UsageWatch } from "../process/usage.ts";

export type Protocol = "flow" | "airbyte" | "singer";

export type Environment = Readonly<Record<string, string>>;

/** A connector that a command starts, whatever it is written in. */
export interface Peer {
  readonly protocol: Protocol;
  /** For a shell. */
  readonly command: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A row that a peer emitted, or the deletion of one. */
export interface Emitted {
  readonly stream: string;
  readonly key: unknown;
  readonly isDeletion: boolean;
}

/** What a peer read of an account. */
export interface Reading {
  /** The streams that the peer offers, by its own names. */
  readonly streams: readonly string[];
  /** In the order in which they came. */
  readonly emitted: readonly Emitted[];
  /** What the next run starts from, in the form of the protocol; `undefined` if the run emitted no state. */
  readonly state: unknown;
  /** From the start of the process to its last row. */
  readonly seconds: number;
  /** Of the process and all that it starts; `undefined` where processes cannot be watched. */
  readonly usage: Usage | undefined;
  /** Why the process failed, which may have emitted rows before. */
  readonly problem: string | undefined;
}

/** Where and after what a peer reads. */
export interface Run {
  readonly env: Environment;
  /** Of the run before; left out in the first. */
  readonly state?: unknown;
  /** Requests that the account has served so far, all of the peer's. */
  readonly served: () => Promise<number>;
  /** A peer that never ends has read everything after so long without a line and without a request. */
  readonly idleMs: number;
}

/** Listing the descendants of a process takes some 10 ms of CPU time, which must not slow the peer down. */
const SAMPLE_EVERY_MS = 100;

/** One process of a peer. */
export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #watch: UsageWatch;
  readonly #startedMs = performance.now();
  #errors = "";
  #reason: string | undefined;
  #problem: string | undefined;
  #isStopped = false;
  #lastLineMs = performance.now();

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

  get silentMs(): number {
    return performance.now() - this.#lastLineMs;
  }

  /** Why the process failed; `undefined` while it has not. */
  get problem(): string | undefined {
    return this.#problem;
  }

  send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  /** The JSON objects that the process writes; other lines are skipped. */
  async *messages(): AsyncGenerator<Record<string, unknown>, void, void> {
    for await (const line of this.lines()) {
      const message = parseObject(line);
      if (message === undefined) continue;
      this.#reason = reasonIn(message) ?? this.#reason;
      yield message;
    }
  }

  /** What the process writes, until it ends or is stopped. `problem` is known afterwards. */
  async *lines(): AsyncGenerator<string, void, void> {
    if (!this.#child.stdout) return;
    const closed = once(this.#child, "close");
    for await (const line of createInterface({ input: this.#child.stdout })) {
      this.#lastLineMs = performance.now();
      yield line;
    }
    const [exitCode, signal] = await closed;
    if (exitCode !== 0 && !this.#isStopped)
      this.#problem = `it ended with ${exitCode ?? signal}: ${this.#reason ?? this.#lastError()}`;
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

  #lastError(): string {
    return this.#errors.trim().split("\n").at(-1) || "without a word";
  }
}

/** Sends requests to a process that ends by itself, and returns what `read` reads of it. Throws when the process fails. */
export async function answersOf<Answer>(
  command: string,
  env: Environment,
  requests: readonly object[],
  read: (asked: PeerProcess) => AsyncIterable<Answer>,
): Promise<Answer[]> {
  const asked = new PeerProcess(command, env);
  for (const request of requests) asked.send(request);
  asked.endInput();
  try {
    const answers = await Array.fromAsync(read(asked));
    if (asked.problem !== undefined) throw new Error(asked.problem);
    return answers;
  } finally {
    await asked.stop();
  }
}

export const messagesOf = (asked: PeerProcess) => asked.messages();

/** Airbyte reports what went wrong in a message on standard output. */
function reasonIn({ type, trace, connectionStatus }: Record<string, unknown>): string | undefined {
  const { error } = (type === "TRACE" ? trace : {}) as { error?: { message?: string } };
  const { status, message } = (type === "CONNECTION_STATUS" ? connectionStatus : {}) as Record<
    string,
    string
  >;
  return error?.message ?? (status === "FAILED" ? message : undefined);
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The key of a row, as far as it is one of Aircall's. */
export function keyOf(row: Record<string, unknown>): unknown {
  return row.id ?? row.name;
}

/**
 * Whether a stream is read: not one that a user has to ask for. Its rows cost a request for each call, or come by events only, so that the
 * runs would not do the same work.
 */
export function isCompared(stream: string): boolean {
  return !isStreamName(stream) || !isOptional(stream);
}
