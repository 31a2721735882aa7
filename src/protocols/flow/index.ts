import type { Readable, Writable } from "node:stream";
import type { Environment } from "../../config/index.ts";
import { ConnectorError } from "../../errors.ts";
import { LineWriter } from "../../shared/line-writer.ts";
import { jsonLog } from "../../shared/log.ts";
import type { Log, Ports } from "../../shared/ports.ts";
import { spec } from "../../spec.ts";
import { readLines } from "./lines.ts";
import type { Response } from "./messages.ts";
import { decodeRequest } from "./requests.ts";

/** The version of the capture protocol that is spoken here. */
const PROTOCOL = 3032023;

const DOCUMENTATION_URL = "https://go.estuary.dev/RZvIMQ";

export interface FlowProtocolOptions {
  readonly env: Environment;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly ports: Omit<Ports, "log">;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
}

/**
 * Speaks the Flow capture protocol until the input ends or the capture does, and gives the exit code.
 * The last line of the log is then the sentence that Flow shows.
 */
export async function runFlowProtocol(options: FlowProtocolOptions): Promise<number> {
  const log = jsonLog(options.env.LOG_LEVEL, options.ports.clock.now, () => options.stderr);
  try {
    await converse(options, log);
    return 0;
  } catch (error) {
    if (isGoneReader(error)) return 0;
    if (error instanceof ConnectorError) log.error(error.message);
    else if (isStop(error, options.signal))
      log.error("The process was asked to stop before it had answered.");
    else
      log.error(`This is a defect of source-aircall: ${String(error)}`, { stack: (error as Error)?.stack });
    return 1;
  } finally {
    options.stdin.destroy();
  }
}

async function converse({ env, stdin, stdout, ports, signal }: FlowProtocolOptions, log: Log): Promise<void> {
  const lines = readLines(stdin);
  const writer = new LineWriter<Response>(stdout);
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const request = decodeRequest(next.value);
    if (request.kind === "spec")
      await writer.write({ spec: { protocol: PROTOCOL, documentationUrl: DOCUMENTATION_URL, ...spec() } });
    else {
      const { answer } = await import("./answers.ts");
      const { readOrigin, readPace } = await import("../../config/index.ts");
      const options = {
        ports: { ...ports, log },
        origin: readOrigin(env),
        ...readPace(env),
      };
      if (request.kind === "open") void readToTheEnd(lines);
      await answer(request, options, writer, signal);
      if (request.kind === "open") return;
    }
    await writer.flush();
  }
}

/** The runtime may write during a session, though it has nothing to say to us: a full pipe would hold it up. */
async function readToTheEnd(lines: AsyncIterable<string>): Promise<void> {
  try {
    for await (const _ of lines);
  } catch {
    // The session ends the input when it is over.
  }
}

/** What was under way throws the reason of the signal that ended it. */
function isStop(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason;
}

/** The runtime has closed its end of the pipe: nobody is left to be told. */
function isGoneReader(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "EPIPE";
}
