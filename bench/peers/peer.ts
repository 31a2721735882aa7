import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type Usage, UsageWatch } from "../process/usage.ts";

export type Protocol = "flow" | "airbyte";

/** A connector that is started with a command, whatever it is written in. */
export interface Peer {
  readonly protocol: Protocol;
  /** As a shell takes it. */
  readonly command: string;
  /** What it is configured with. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** What a peer read of an account. */
export interface Reading {
  /** The keys of the documents in the order in which they came. */
  readonly keys: readonly unknown[];
  /** From the start of the process to the last document. */
  readonly seconds: number;
  /** Of the process and all that it starts; `undefined` where processes cannot be watched. */
  readonly usage: Usage | undefined;
}

/** One process of a peer, whose standard output is read line by line. */
export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #watch: UsageWatch;
  readonly #beganMs = performance.now();
  #errors = "";

  constructor(command: string, env: Readonly<Record<string, string>>) {
    // A shell takes the command apart; a process group of its own lets all of it be stopped.
    this.#child = spawn(`exec ${command}`, { shell: true, detached: true, env });
    this.#watch = new UsageWatch(this.#child.pid ?? 0);
    this.#child.stderr?.on("data", (chunk) => {
      this.#errors = `${this.#errors}${chunk}`.slice(-2_000);
    });
    // It may end before it has read what it was sent: its exit code tells.
    this.#child.stdin?.on("error", () => {});
  }

  get seconds(): number {
    return (performance.now() - this.#beganMs) / 1000;
  }

  get usage(): Usage | undefined {
    return this.#watch.usage();
  }

  send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  /** The JSON objects that it writes, until it ends; other lines are skipped. Throws when it fails. */
  async *messages(): AsyncGenerator<Record<string, unknown>, void, void> {
    if (!this.#child.stdout) return;
    const closed = once(this.#child, "close");
    for await (const line of createInterface({ input: this.#child.stdout })) {
      const message = parseObject(line);
      if (message) yield message;
    }
    const [exitCode] = await closed;
    if (exitCode !== 0)
      throw new Error(`it ended with ${exitCode}: ${this.#errors.trim().split("\n").at(-1)}`);
  }

  /** Ends it, and whatever it has started. */
  async stop(): Promise<void> {
    this.#watch.stop();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    process.kill(-(this.#child.pid ?? 0), "SIGKILL");
    await ended;
  }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
