import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { FLOW_COMMAND, IMAGE_ENVIRONMENT } from "../support.ts";
import { CREDENTIALS } from "./accounts.ts";
import { UsageWatch } from "./usage.ts";

const CAPTURED = Buffer.from('{"captured"');

/** A Flow session over the calls of an account, started as the image starts it. Its documents are counted and dropped. */
export class FlowSession {
  readonly process: ChildProcess;
  readonly watch: UsageWatch;
  readonly #startedMs = performance.now();
  #documents = 0;

  constructor(env: Record<string, string>) {
    const [program = "", ...args] = FLOW_COMMAND;
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

  /** Resolves with the seconds since the start once the session logs that everything is captured. */
  async caughtUp(): Promise<number> {
    let logged = "";
    for await (const chunk of this.process.stderr ?? []) {
      logged += chunk;
      if (logged.includes("Caught up")) return (performance.now() - this.#startedMs) / 1000;
      if (logged.includes("Following changes, but")) break;
    }
    throw new Error(`the session did not capture everything:\n${logged}`);
  }

  async stop(): Promise<void> {
    await this.watch.stop();
    this.process.kill("SIGTERM");
    if (this.process.exitCode === null) await once(this.process, "close");
  }
}

/** Misses a marker that is split between two chunks: about one in some thousands. */
function countOf(marker: Buffer, chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(marker); at >= 0; at = chunk.indexOf(marker, at + marker.length)) count++;
  return count;
}
