import type { Readable, Writable } from "node:stream";
import type { Environment } from "../../config/index.ts";
import type { Connector } from "../../connector.ts";
import { BadRequest, ConnectorError, defectSentence } from "../../errors.ts";
import { DONE, FAILED } from "../../shared/exit-codes.ts";
import { readLines } from "../../shared/line-reader.ts";
import { LineWriter, OutputLost } from "../../shared/line-writer.ts";
import { jsonLog } from "../../shared/log.ts";
import type { Log, Ports } from "../../shared/ports.ts";
import { Redactor } from "../../shared/redactor.ts";
import { isStop } from "../../shared/stop.ts";
import { DOCUMENTATION, spec } from "../../spec.ts";
import { decodeRequest, type Request, readOpenRequest, readValidateRequest } from "./input.ts";
import type { Response } from "./output.ts";

/** The version of the capture protocol. */
const PROTOCOL = 3032023;

const SPEC: Response = {
  spec: { protocol: PROTOCOL, documentationUrl: `${DOCUMENTATION}/flow.md`, ...spec() },
};

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
 * Speaks the Flow capture protocol until the input ends or the capture does, and returns the exit code.
 * After a failure, the last line of the log is the sentence that Flow shows.
 */
export async function runFlowProtocol(options: FlowProtocolOptions): Promise<number> {
  const redactor = new Redactor();
  const { env, stderr, ports, signal } = options;
  const log = jsonLog({ level: env.LOG_LEVEL, redactor }, ports.clock.now, () => stderr);
  try {
    await converse(options, log, redactor);
    return DONE;
  } catch (error) {
    if (error instanceof OutputLost) return DONE;
    if (error instanceof ConnectorError) log.error(error.message);
    else if (isStop(error, signal)) log.error("The process was asked to stop before it had answered.");
    else log.error(defectSentence(error), { stack: (error as Error)?.stack });
    return FAILED;
  } finally {
    options.stdin.destroy();
  }
}

async function converse(options: FlowProtocolOptions, log: Log, redactor: Redactor): Promise<void> {
  const { env, stdin, signal } = options;
  const ports = { ...options.ports, log };
  const lines = readLines(stdin);
  const writer = new LineWriter<Response>(options.stdout);
  let connector: Connector | undefined;
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const request = decodeRequest(next.value);
    if (request.kind === "spec") await writer.write(SPEC);
    else {
      // What a `spec` request does not need is loaded here: the runtime starts a process for each.
      const { connectorFor } = await import("../../connector.ts");
      connector ??= connectorFor(env, ports, redactor);
      if (request.kind === "open") {
        const { runCaptureSession } = await import("./run.ts");
        return runCaptureSession({
          request: await readOpenRequest(request),
          lines,
          connector,
          writer,
          ports,
          signal,
        });
      }
      await writer.write(await unaryResponse(request, connector, signal));
    }
    await writer.flush();
  }
}

async function unaryResponse(request: Request, connector: Connector, signal: AbortSignal): Promise<Response> {
  switch (request.kind) {
    case "discover": {
      const { discoveredBindings } = await import("./catalog.ts");
      return { discovered: { bindings: discoveredBindings() } };
    }
    case "validate": {
      const { validate } = await import("./check.ts");
      return validate(await readValidateRequest(request), connector, signal);
    }
    case "apply":
      return { applied: {} };
    default:
      throw new BadRequest("An acknowledge request came without a capture session.");
  }
}
