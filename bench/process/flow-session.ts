import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { IMAGE_ENVIRONMENT } from "../support.ts";
import { CREDENTIALS } from "./accounts.ts";
import { UsageWatch } from "./usage.ts";

const CAPTURED = Buffer.from('{"captured"');

/** A Flow session, in the environment of the image, over the calls of an account, by a runtime that counts documents and keeps none. */
export class FlowSession {
  readonly process: ChildProcess;
  readonly watch: UsageWatch;
  readonly #beganMs = performance.now();
  #documents = 0;

  constructor(command: readonly string[], env: Record<string, string>) {
    const [program = "", ...args] = command;
    this.process = spawn(program, args, { env: { ...IMAGE_ENVIRONMENT, ...env } });
    this.watch = new UsageWatch(this.process.pid ?? 0);
    this.process.stdout?.on("data", (chunk: Buffer) => {
      this.#documents += countOf(CAPTURED, chunk);
    });
    const binding = { resourceConfig: { stream: "calls", syncMode: "incremental" }, stateKey: "calls" };
    const capture = { name: "bench", config: CREDENTIALS, bindings: [binding] };
    this.process.stdin?.write(`${JSON.stringify({ open: { capture } })}\n`);
  }

  get documents(): number {
    return this.#documents;
  }

  /** Resolves, with the seconds since the start, when the session says that all has been captured. */
  async caughtUp(): Promise<number> {
    let said = "";
    for await (const chunk of this.process.stderr ?? []) {
      said += chunk;
      if (said.includes("Caught up")) return (performance.now() - this.#beganMs) / 1000;
      if (said.includes("Following changes, but")) break;
    }
    throw new Error(`the session did not capture everything:\n${said}`);
  }

  async stop(): Promise<void> {
    this.watch.stop();
    this.process.kill("SIGTERM");
    if (this.process.exitCode === null) await once(this.process, "close");
  }
}

/** A marker that two chunks share is not counted: one in some thousands. */
function countOf(marker: Buffer, chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(marker); at >= 0; at = chunk.indexOf(marker, at + marker.length)) count++;
  return count;
}
