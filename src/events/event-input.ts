import { AircallWebhooks, type ClientOptions } from "../aircall/index.ts";
import { type Binding, type Block, bindingState } from "../engine/index.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import type { StreamEvents } from "../streams/index.ts";
import { eventsAddress } from "./address.ts";
import { EventWatch } from "./event-watch.ts";
import { type EventStream, INBOX, Inbox } from "./inbox.ts";
import { EventReceiver } from "./port/receiver.ts";
import { Registration, type RememberedWebhook } from "./webhook/registration.ts";
import { wantedEvents } from "./webhook/subscriptions.ts";

export interface EventInputOptions {
  readonly streams: readonly EventStream[];
  /** Where Aircall reaches the port, without a slash at its end. */
  readonly eventsUrl: string;
  readonly host: string;
  readonly port: number;
  readonly client: ClientOptions;
  /** The connector's state. */
  readonly state: JsonObject;
  /** Reports the state of the events to people. */
  readonly report: (status: string) => void;
  /** Called for each event that has been made durable. */
  readonly onTaken: () => void;
}

/** Aircall's events as the second input of a capture: the port that receives them, and the webhook that makes Aircall send them. */
export class EventInput {
  readonly #options: EventInputOptions;
  readonly #inbox: Inbox;
  readonly #watch: EventWatch;
  readonly #stopping = new AbortController();
  readonly #failed = new AbortController();
  #receiver: EventReceiver | undefined;
  #registering: Promise<void> | undefined;

  constructor(options: EventInputOptions) {
    const { streams, state, client, eventsUrl, report } = options;
    const own = bindingState(state, INBOX);
    this.#options = options;
    this.#inbox = new Inbox(streams, own, client.ports);
    this.#watch = new EventWatch({
      wellAt: own.wellAt,
      keep: (patch) => void this.#inbox.keep(patch),
      eventsUrl,
      port: () => this.#receiver?.port ?? options.port,
      hasEventStreams: streams.some(({ definition }) => definition.capturesEvent !== undefined),
      clock: client.ports.clock,
      report,
    });
  }

  /** Keeps what belongs to no stream in the state. */
  get binding(): Binding {
    return this.#inbox.binding;
  }

  /** What events bring to the stream of this binding. */
  of(stateKey: string): StreamEvents {
    return { ...this.#inbox.of(stateKey), areEventsComing: () => this.#watch.areComing };
  }

  /** Aborted by a defect, which `beside` throws once the blocks have ended. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  async #open(): Promise<void> {
    const { eventsUrl, host, port, client, streams, state } = this.#options;
    const { apiId, apiToken } = client.credentials;
    const address = eventsAddress(eventsUrl, apiId, apiToken);
    const { signal } = this.#stopping;
    const registration = new Registration({
      webhooks: new AircallWebhooks({ client, signal, purpose: "webhook" }),
      address,
      events: wantedEvents(streams.map(({ definition }) => definition.name)),
      remembered: rememberedIn(bindingState(state, INBOX)),
      onRemembered: ({ id, addressHash }) => void this.#inbox.keep({ webhook: { id, addressHash } }),
      onLook: (look) => this.#watch.looked(look),
      redactor: client.redactor,
      ports: client.ports,
      signal,
    });
    this.#receiver = await EventReceiver.listen({
      host,
      port,
      path: new URL(address).pathname,
      isToken: (token) => {
        const isOurs = registration.isToken(token);
        if (isOurs !== true) registration.look();
        return isOurs;
      },
      accept: async (envelope) => {
        this.#watch.heard(envelope);
        await this.#inbox.accept(envelope);
        this.#options.onTaken();
      },
      ports: client.ports,
    });
    this.#registering = registration.run();
    this.#registering.catch(() => this.#failed.abort());
  }

  /**
   * The blocks of the session. The port is open while they are read. Throws a `ConfigError` before the first block if it
   * cannot be opened.
   */
  async *beside(blocks: AsyncIterable<Block>): AsyncGenerator<Block, void, void> {
    await this.#open();
    try {
      for await (const block of blocks) {
        this.#watch.captured(block.documents);
        yield block;
      }
    } finally {
      await this.#close();
    }
  }

  /** The webhook stays: Aircall sends again for twelve hours what comes until the next run. */
  async #close(): Promise<void> {
    this.#stopping.abort();
    await this.#receiver?.close();
    await this.#registering;
  }
}

function rememberedIn({ webhook }: JsonObject): RememberedWebhook | undefined {
  if (!isJsonObject(webhook)) return undefined;
  const { id, addressHash } = webhook;
  return typeof id === "string" && typeof addressHash === "string" ? { id, addressHash } : undefined;
}
