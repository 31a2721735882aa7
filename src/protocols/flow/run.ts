import { parseResourceConfig } from "../../config/index.ts";
import type { CaptureEvent, Connector } from "../../connector.ts";
import { bindingPatch } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { LineWriter } from "../../shared/line-writer.ts";
import type { Log, Ports } from "../../shared/ports.ts";
import { streams as definitions, type StreamName } from "../../streams/index.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { sourcedSchema } from "./catalog.ts";
import { dateTimeRewriter } from "./date-times.ts";
import { isSplit, type OpenRequest, unknownFields, writeSchemaOf } from "./input.ts";
import { checkpoint, type Response } from "./output.ts";
import { committedState, legacyRemoval } from "./state.ts";
import { CaptureStatus } from "./status.ts";

/**
 * A session ends by itself after a month, so that a new image is picked up. Not sooner: what the
 * process remembers of calls keeps it from capturing unchanged calls again when it re-reads them.
 */
const SESSION_MS = 30 * 24 * 60 * 60 * 1000;

export interface SessionOptions {
  readonly request: OpenRequest;
  /** What the runtime writes after the `open` request. */
  readonly lines: AsyncIterable<string>;
  readonly connector: Connector;
  readonly writer: LineWriter<Response>;
  readonly ports: Pick<Ports, "clock" | "log">;
  readonly signal: AbortSignal;
}

/** Answers an `open` request until the signal is aborted or the month is over, and ends after a checkpoint. */
export async function runCaptureSession(options: SessionOptions): Promise<void> {
  const { connector, lines, writer, ports, signal } = options;
  const { capture, state: earlier } = options.request;
  reportUnused(options.request, ports.log);
  const bindings = capture.bindings ?? [];
  const streams = bindings.map(({ resourceConfig }) => parseResourceConfig(resourceConfig).stream);
  const rewriters = bindings.map((binding) => dateTimeRewriter(writeSchemaOf(binding, capture)));
  const state = committedState(earlier, ports.log);
  const mostRowsPerMinute = connector.mostPerMinute(capture.config).rows;
  const status = new CaptureStatus({ streams, ...ports, mostRowsPerMinute });
  const month = monthOf(ports, signal);
  // Only the answer to an event has to wait until the event is durable.
  const acknowledgements = connector.receivesEvents(capture.config) ? new Acknowledgements(lines) : undefined;
  if (!acknowledgements) void readToTheEnd(lines);
  const blocks = connector.capture({
    config: capture.config,
    bindings,
    state,
    until: "follow",
    signal: AbortSignal.any([signal, month.signal, ...(acknowledgements ? [acknowledgements.ended] : [])]),
    onEvent: (event: CaptureEvent) => status.onEvent(event),
    onStatus: (sentence) => status.onEvents(sentence),
  });
  await writer.write({ opened: { explicitAcknowledgements: acknowledgements !== undefined } });
  const first = preface(streams, state);
  if (first.length > 0) acknowledgements?.expect();
  for (const response of first) await writer.write(response);
  await writer.flush();
  try {
    for await (const { binding, stateKey, documents, patch, committed } of blocks) {
      for (const doc of documents) {
        rewriters[binding]?.(doc);
        await writer.write({ captured: { binding, doc } });
      }
      acknowledgements?.expect(committed);
      await writer.write(checkpoint(bindingPatch(stateKey, patch)));
      await writer.flush();
      if (!acknowledgements) committed();
    }
    acknowledgements?.throwIfFailed();
  } finally {
    month.end();
  }
}

/** Discards what the runtime writes during a session: a full pipe would block the runtime. */
async function readToTheEnd(lines: AsyncIterable<string>): Promise<void> {
  try {
    for await (const _ of lines);
  } catch {
    // The session ends the input when it is over.
  }
}

function reportUnused(request: OpenRequest, log: Log): void {
  const unknown = unknownFields(request);
  if (unknown.length > 0)
    log.info(
      `The open request has fields that this version does not use: ${unknown.join(", ").slice(0, 500)}.`,
    );
  if (isSplit(request))
    log.warn("The capture has several shards, each of which captures every row: reduce it to one shard.");
}

/** The known fields of every stream, and the removal of state that no binding reads. */
function preface(streams: readonly StreamName[], state: JsonObject): Response[] {
  const sourced = streams.map((stream, binding) => ({
    sourcedSchema: { binding, documentSchema: sourcedSchema(definitions[stream].documentSchema) },
  }));
  const removal = legacyRemoval(state);
  if (sourced.length === 0 && Object.keys(removal).length === 0) return [];
  return [...sourced, checkpoint(removal)];
}

function monthOf(
  { clock }: Pick<Ports, "clock">,
  signal: AbortSignal,
): { signal: AbortSignal; end: () => void } {
  const over = new AbortController();
  const cancelled = new AbortController();
  clock.sleep(SESSION_MS, AbortSignal.any([signal, cancelled.signal])).then(
    () => over.abort(),
    () => {},
  );
  return { signal: over.signal, end: () => cancelled.abort() };
}
