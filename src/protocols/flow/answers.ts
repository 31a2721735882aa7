import { Connector, type ConnectorOptions, discover } from "../../connector.ts";
import { BadRequest } from "../../errors.ts";
import type { LineWriter } from "../../shared/line-writer.ts";
import { type Response, readOpenRequest, readValidateRequest } from "./messages.ts";
import type { Request } from "./requests.ts";
import { writeSchema } from "./schemas.ts";
import { runCaptureSession } from "./session.ts";
import { validate } from "./validate.ts";

/** Answers everything but `spec`. An `open` request is answered for as long as its session lasts. */
export async function answer(
  request: Request,
  options: ConnectorOptions,
  writer: LineWriter<Response>,
  signal: AbortSignal,
): Promise<void> {
  const connector = new Connector(options);
  if (request.kind === "open") {
    return runCaptureSession(readOpenRequest(request), connector, writer, options.ports, signal);
  }
  await writer.write(await unaryResponse(request, connector, signal));
}

async function unaryResponse(request: Request, connector: Connector, signal: AbortSignal): Promise<Response> {
  switch (request.kind) {
    case "discover":
      return { discovered: { bindings: discoveredBindings() } };
    case "validate":
      return validate(readValidateRequest(request), connector, signal);
    case "apply":
      return { applied: {} };
    default:
      throw new BadRequest("An acknowledge request came without a capture session.");
  }
}

function discoveredBindings() {
  return discover().map((binding) => ({ ...binding, documentSchema: writeSchema(binding.documentSchema) }));
}
