import { AircallReader, type ClientOptions, type RequestEvent } from "./aircall/index.ts";
import { type EndpointConfig, type EventsPort, isLoopback, type ResourceConfig } from "./config/index.ts";
import type { Configs } from "./configs.ts";
import { type Block, bindingState, type LifecycleEvent, runSession, type Stream } from "./engine/index.ts";
import { EventInput } from "./events/index.ts";
import { redactEventData, redactPersonalData } from "./privacy/index.ts";
import type { JsonObject } from "./shared/json.ts";
import { logWith } from "./shared/log.ts";
import { bindStream, SharedObjects, type StreamName, streams } from "./streams/index.ts";

export interface CaptureRequest {
  /** The endpoint config. */
  readonly config: unknown;
  readonly bindings: readonly { readonly resourceConfig: unknown; readonly stateKey: string }[];
  readonly state: JsonObject;
  readonly until: "pass" | "follow";
  readonly signal: AbortSignal;
  readonly onEvent?: (event: CaptureEvent) => void;
  /** Called with a sentence for people about Aircall's events: that they come or do not come, and what is lost. */
  readonly onStatus?: (status: string) => void;
  /** Called for each event of Aircall that has been made durable. */
  readonly onEventTaken?: () => void;
}

/** What happens behind the blocks of a capture, by the index of the binding. */
export type CaptureEvent = LifecycleEvent | (StreamEvent & { readonly binding: number });

/** `rows` is the number of malformed rows so far. */
type StreamEvent = RequestEvent | { readonly kind: "skipped"; readonly rows: number };

/** A capture whose config has been read. */
interface CaptureSession extends CaptureRequest {
  readonly config: EndpointConfig;
  readonly client: ClientOptions;
  readonly configs: Configs;
  readonly eventsPort: EventsPort | undefined;
}

interface Binding {
  readonly stateKey: string;
  readonly resource: ResourceConfig;
}

/**
 * Yields what the bindings capture, by polling and, where the config has an address for events, by events. Throws a
 * `ConfigError` before the first block when a binding is invalid, or the port for events cannot be opened.
 */
export async function* runCapture(session: CaptureSession): AsyncGenerator<Block, void, void> {
  const { client, configs, state, until, signal, onEvent = () => {} } = session;
  const bindings = session.bindings.map(({ resourceConfig, stateKey }) => ({
    stateKey,
    resource: configs.readUsedResource(resourceConfig),
  }));
  for (const { stateKey, resource } of bindings)
    warnOfUnreadable(resource.stream, bindingState(state, stateKey), session);
  const events = eventInputOf(session, bindings);
  const shared = new SharedObjects();
  const bound = bindings.map((binding, index) => ({
    stateKey: binding.stateKey,
    stream: streamOf(session, binding, { events, shared }, (event) => onEvent({ ...event, binding: index })),
  }));
  const blocks = runSession({
    bindings: events ? [...bound, events.binding] : bound,
    state,
    until,
    signal: events ? AbortSignal.any([signal, events.failed]) : signal,
    ports: client.ports,
    onEvent: (event) => {
      if (event.kind === "failed") event.error.message = client.redactor.hide(event.error.message);
      if (event.binding < bound.length) onEvent(event);
    },
  });
  yield* events ? events.beside(blocks) : blocks;
}

function warnOfUnreadable(stream: StreamName, state: JsonObject, { client }: CaptureSession): void {
  if (Object.keys(state).length === 0 || streams[stream].canResumeFrom(state)) return;
  logWith(client.ports.log, { stream }).warn(
    "The state of the stream is not one that this version can read, so the stream is read from the beginning.",
  );
}

/** The port for events and the webhook; `undefined` where none are received. */
function eventInputOf(
  { config, client, state, until, onStatus, onEventTaken, eventsPort }: CaptureSession,
  bindings: readonly Binding[],
): EventInput | undefined {
  const { eventsUrl } = config;
  if (eventsUrl === undefined) return undefined;
  if (until === "pass") {
    client.ports.log.warn(
      "advanced.events_url has no effect in a run that makes one pass and ends: it receives no events. A capture that follows does.",
    );
    return undefined;
  }
  return new EventInput({
    streams: bindings.map(({ stateKey, resource: { stream } }) => ({
      stateKey,
      definition: streams[stream],
      redact: (event, data) => {
        if (isRedacted(stream, config)) redactEventData(event, data, config.personalData.redactions);
      },
    })),
    eventsUrl,
    ...listenAt(eventsUrl, eventsPort),
    client,
    state,
    report: onStatus ?? ((status) => client.ports.log.info(status)),
    onTaken: onEventTaken ?? (() => {}),
  });
}

function streamOf(
  { config, client, until }: CaptureSession,
  { stateKey, resource }: Binding,
  { events, shared }: { readonly events: EventInput | undefined; readonly shared: SharedObjects },
  onEvent: (event: StreamEvent) => void,
): Stream {
  const { stream } = resource;
  const ports = { ...client.ports, log: logWith(client.ports.log, { stream }) };
  const ownClient = { ...client, ports, ...redactionOf(stream, config) };
  return bindStream(streams[stream], {
    reader: (signal) => new AircallReader({ client: ownClient, signal, onEvent }),
    ports,
    until,
    syncMode: resource.syncMode,
    intervalMs: resource.intervalMs,
    startSeconds: resource.startSeconds ?? config.startSeconds,
    ownStartSeconds: resource.startSeconds,
    rereadAfterSeconds: config.rereadAfterSeconds,
    rereadInsightsAfterSeconds: config.rereadInsightsAfterSeconds,
    rereadRequestsPerPass: config.rereadRequestsPerPass,
    shared,
    events: events?.of(stateKey),
    onSkipped: (rows) => onEvent({ kind: "skipped", rows }),
  });
}

/** Where nothing is configured: this machine alone where the address is one of this machine, and all networks otherwise. */
function listenAt(
  eventsUrl: string,
  { host, port }: EventsPort = { port: 0 },
): { host: string; port: number } {
  const { hostname } = new URL(eventsUrl);
  const own = hostname.replace(/^\[(.*)\]$/, "$1");
  return { host: host ?? (isLoopback(hostname) ? own : "0.0.0.0"), port };
}

/**
 * Personal data goes as an answer comes in, before a stream has seen it: so it is in no document, no
 * digest and no log. Nothing that a stream relies on is personal.
 */
export function redactionOf(stream: StreamName, config: EndpointConfig): Pick<ClientOptions, "redactBody"> {
  if (!isRedacted(stream, config)) return {};
  return { redactBody: (body, name) => redactPersonalData(body, config.personalData.redactions, name) };
}

function isRedacted(
  stream: StreamName,
  { personalData: { redactions, streams: redacted } }: EndpointConfig,
): boolean {
  return redactions.size > 0 && (redacted === "all" || redacted.has(stream));
}
