import { parseResourceConfig } from "../../config/index.ts";
import { type CaptureEvent, type Connector, discover } from "../../connector.ts";
import { BINDINGS, bindingPatch } from "../../engine/index.ts";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import type { LineWriter } from "../../shared/line-writer.ts";
import type { Ports } from "../../shared/ports.ts";
import { dateTimeRewriter } from "./date-times.ts";
import { type OpenRequest, type Response, writeSchemaOf } from "./messages.ts";
import { sourcedSchema } from "./schemas.ts";
import { CaptureStatus } from "./status.ts";

/**
 * A session ends by itself after a month, so that a new image is picked up. Not sooner: what the
 * process remembers of calls keeps it from capturing again those that come to a re-read age unchanged.
 */
const SESSION_MS = 30 * 24 * 60 * 60 * 1000;

/** Answers an `open` request until the signal is aborted or the month is over, and ends after a checkpoint. */
export async function runCaptureSession(
  { capture, state }: OpenRequest,
  connector: Connector,
  writer: LineWriter<Response>,
  ports: Pick<Ports, "clock" | "log">,
  signal: AbortSignal,
): Promise<void> {
  const bindings = capture.bindings ?? [];
  const streams = bindings.map(({ resourceConfig }) => parseResourceConfig(resourceConfig).stream);
  const rewriters = bindings.map((binding) => dateTimeRewriter(writeSchemaOf(binding, capture)));
  const known = isJsonObject(state) ? state : {};
  const stateKeyOf = (binding: number) => (bindings[binding] as (typeof bindings)[number]).stateKey;
  const status = new CaptureStatus(streams, ports.log, ports.clock);
  const month = monthOf(ports, signal);
  const blocks = connector.capture({
    config: capture.config,
    bindings,
    state: known,
    until: "follow",
    signal: AbortSignal.any([signal, month.signal]),
    onEvent: (event: CaptureEvent) => status.onEvent(event),
  });
  await writer.write({ opened: { explicitAcknowledgements: false } });
  for (const response of preface(streams, known)) await writer.write(response);
  await writer.flush();
  try {
    for await (const { binding, documents, patch, committed } of blocks) {
      for (const doc of documents) {
        rewriters[binding]?.(doc);
        await writer.write({ captured: { binding, doc } });
      }
      await writer.write(checkpoint(bindingPatch(stateKeyOf(binding), patch)));
      await writer.flush();
      committed();
    }
  } finally {
    month.end();
  }
}

/** The known fields of every stream, and the end of state that no binding of ours will ever read. */
function preface(streams: readonly string[], state: JsonObject): Response[] {
  const schemas = new Map(
    discover().map((binding) => [binding.recommendedName as string, binding.documentSchema]),
  );
  const sourced = streams.map((stream, binding) => ({
    sourcedSchema: { binding, documentSchema: sourcedSchema(schemas.get(stream) ?? {}) },
  }));
  const legacy = Object.keys(state).filter((key) => key !== BINDINGS);
  if (sourced.length === 0 && legacy.length === 0) return [];
  const updated = Object.fromEntries(legacy.map((key) => [key, null]));
  return [...sourced, checkpoint(updated)];
}

function checkpoint(updated: JsonObject): Response {
  return { checkpoint: { state: { updated, mergePatch: true } } };
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
