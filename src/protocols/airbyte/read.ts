import type { CaptureEvent, Connector } from "../../connector.ts";
import { mergePatch } from "../../engine/index.ts";
import type { Json, JsonObject } from "../../shared/json.ts";
import type { Ports } from "../../shared/ports.ts";
import type { ConfiguredStream } from "./inputs.ts";
import type { AirbyteWriter } from "./messages.ts";
import { StreamReading } from "./reading.ts";
import { readStates } from "./states.ts";

const FAILED = 1;
export const STOPPED = 130;

export interface ReadRequest {
  /** The endpoint config. */
  readonly config: Json;
  readonly streams: readonly ConfiguredStream[];
  readonly states: Json;
}

/**
 * Makes one pass over the streams, side by side, and returns the exit code: 1 when a stream has failed,
 * which leaves the others alone, and 130 when the signal ended it early. Throws what ends all streams: an
 * error that a person has to mend first, or a defect.
 */
export async function read(
  { config, streams, states }: ReadRequest,
  connector: Connector,
  writer: AirbyteWriter,
  { clock, log }: Pick<Ports, "clock" | "log">,
  signal: AbortSignal,
): Promise<number> {
  const stored = readStates(states, log);
  const readings = streams.map(
    (configured) => new StreamReading(configured, stored.get(configured.stream), writer, clock),
  );
  await connector.proveCredentials(config, signal);
  const blocks = connector.capture({
    config,
    bindings: streams.map(({ stream, syncMode }) => ({
      resourceConfig: { stream, syncMode },
      stateKey: stream,
    })),
    state: readings.reduce<JsonObject>((state, reading) => mergePatch(state, reading.state), {}),
    until: "pass",
    signal,
    onEvent: (event) => handle(event, readings[event.binding]),
  });
  for (const reading of readings) reading.start();
  try {
    for await (const block of blocks) await readings[block.binding]?.take(block);
  } finally {
    for (const reading of readings) if (!reading.isOver) reading.breakOff();
    await writer.flush();
  }
  if (readings.every(({ status }) => status === "COMPLETE")) return 0;
  return signal.aborted ? STOPPED : FAILED;
}

function handle(event: CaptureEvent, reading: StreamReading | undefined): void {
  if (event.kind === "done") reading?.complete();
  else if (event.kind === "failed") reading?.fail(event.error);
}
