import { Arrivals, KeptState } from "../engine/index.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import type { Ports } from "../shared/ports.ts";
import { type AircallEvent, type StreamDefinition, type StreamEvents, TouchedIds } from "../streams/index.ts";
import { type Envelope, eventOf } from "./port/envelope.ts";
import { RecentEvents } from "./recent-events.ts";

/** A stream that is captured, as events see it. */
export interface EventStream {
  /** The name of the binding's state. */
  readonly stateKey: string;
  readonly definition: Pick<StreamDefinition, "name" | "capturesEvent" | "touchedBy">;
  /** Redacts the data of an event in place, as the config wants it for this stream. */
  readonly redact: (event: string, data: JsonObject) => void;
}

/** The state key of the inbox. No stream has this name. */
export const INBOX = "inbox";

/**
 * Takes events in for the streams that they concern: as documents, or as objects that have changed and are to be
 * read. Its own part of the state is `{"touched": {"<state key>": {"<id>": <hint>}}}`, beside what `keep` is called with.
 */
export class Inbox {
  /** The binding that keeps the state of the inbox. */
  readonly binding;
  readonly #streams: readonly EventStream[];
  readonly #events: ReadonlyMap<string, Pick<StreamEvents, "arrivals" | "touched">>;
  readonly #kept = new KeptState(INBOX);
  readonly #recent = new RecentEvents();

  constructor(streams: readonly EventStream[], state: JsonObject, ports: Pick<Ports, "clock" | "log">) {
    const touched = isJsonObject(state.touched) ? state.touched : {};
    this.binding = { stateKey: INBOX, stream: this.#kept };
    this.#streams = streams;
    for (const key of Object.keys(touched))
      if (!streams.some(({ stateKey }) => stateKey === key)) void this.keep({ touched: { [key]: null } });
    this.#events = new Map(
      streams.map(({ stateKey, definition: { capturesEvent, touchedBy } }) => [
        stateKey,
        {
          ...(capturesEvent && { arrivals: new Arrivals<AircallEvent>() }),
          ...(touchedBy && {
            touched: new TouchedIds({
              ...ports,
              state: touched[stateKey],
              keep: (patch) => this.keep({ touched: { [stateKey]: patch } }),
            }),
          }),
        },
      ]),
    );
  }

  /** What events bring to the stream of this binding. */
  of(stateKey: string): Pick<StreamEvents, "arrivals" | "touched"> | undefined {
    return this.#events.get(stateKey);
  }

  /** Applies a merge patch to the state of the inbox. Resolves once it is durable. */
  keep(patch: JsonObject): Promise<void> {
    return this.#kept.keep(patch);
  }

  /** Resolves once what the event says is durable. An event that concerns no captured stream says nothing. */
  accept(envelope: Envelope): Promise<void> {
    const { event_id } = eventOf(envelope, () => {});
    return this.#recent.once(event_id, async () => {
      await Promise.all(this.#streams.map((stream) => this.#acceptFor(stream, envelope)));
    });
  }

  async #acceptFor({ stateKey, definition, redact }: EventStream, envelope: Envelope): Promise<void> {
    const { arrivals, touched } = this.#events.get(stateKey) ?? {};
    if (arrivals && definition.capturesEvent?.(envelope))
      await arrivals.add(
        eventOf({ ...envelope, data: structuredClone(envelope.data) }, (data) =>
          redact(envelope.event, data),
        ),
      );
    const object = definition.touchedBy?.(envelope);
    if (object) await touched?.add(object);
  }
}
