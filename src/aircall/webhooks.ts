import { NotFound, UnexpectedAnswer } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { AircallClient, type RequestOptions } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import { readPages } from "./pages.ts";
import type { ApiRequest } from "./request.ts";

const LIST: Endpoint = { path: "/v1/webhooks", bodyKey: "webhooks", holds: "list" };

/** A subscription to events. */
export interface Webhook {
  /** The UUID or, for rows without one, the numeric ID. */
  readonly id: string;
  readonly url: string;
  readonly active: boolean;
  readonly events: readonly string[];
  /** The secret that every event carries. */
  readonly token: string | undefined;
}

/**
 * Reads and changes the webhooks of the account: the only thing that writes to Aircall. All methods throw what
 * `AircallClient.send` throws, which is `RequestInvalid` where Aircall does not accept an address or the name of an
 * event. Source: https://developer.aircall.io/api-references/#webhook
 */
export class AircallWebhooks {
  readonly #client: AircallClient;

  constructor(options: RequestOptions) {
    this.#client = new AircallClient(options);
  }

  /** Every webhook that the API key can see, whoever made it. Rows without an ID or an address are left out. */
  async list(): Promise<Webhook[]> {
    const { report } = this.#client;
    const get = (query: ApiRequest["query"] = {}) =>
      this.#client.send({ method: "GET", endpoint: LIST, query });
    const pages = readPages({ get, report, endpoint: LIST, query: {}, ahead: 0 });
    const webhooks: Webhook[] = [];
    for await (const { rows } of pages) webhooks.push(...rows.flatMap(parseWebhook));
    return webhooks;
  }

  /**
   * An active webhook. `events` must not be empty: to Aircall that means all events. The request is sent once, so a
   * webhook may have been made even where this throws `SourceUnavailable`.
   */
  create(url: string, events: readonly string[]): Promise<Webhook> {
    return this.#write({ method: "POST", endpoint: { ...LIST, ...ONE }, body: { url, events: [...events] } });
  }

  /** Makes the webhook active, with exactly these events. They must not be empty. */
  update(id: string, url: string, events: readonly string[]): Promise<Webhook> {
    const body = { url, events: [...events], active: true };
    return this.#write({ method: "PUT", endpoint: { ...at(id), ...ONE }, body });
  }

  /** A webhook that there is not counts as removed. */
  async remove(id: string): Promise<void> {
    try {
      await this.#client.send({ method: "DELETE", endpoint: { ...at(id), holds: "nothing" } });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }

  /** The webhook as Aircall answers with it. */
  async #write(request: ApiRequest): Promise<Webhook> {
    const body = await this.#client.send(request);
    const [webhook] = parseWebhook(body[ONE.bodyKey] ?? null);
    if (webhook) return webhook;
    throw new UnexpectedAnswer(
      `Aircall answered ${request.endpoint.path} with a webhook without ID or address.`,
    );
  }
}

const ONE = { bodyKey: "webhook", holds: "one" } as const;

function at(id: string): Endpoint {
  return { ...LIST, path: `${LIST.path}/${encodeURIComponent(id)}` };
}

function parseWebhook(row: Json): Webhook[] {
  if (!isJsonObject(row) || typeof row.url !== "string") return [];
  const id = idOf(row);
  if (id === undefined) return [];
  const { url, active, events, token } = row;
  return [
    {
      id,
      url,
      active: active !== false,
      events: Array.isArray(events) ? events.filter((name) => typeof name === "string") : [],
      token: typeof token === "string" && token !== "" ? token : undefined,
    },
  ];
}

/** Rows have a UUID and, as a legacy, a numeric ID. */
function idOf({ webhook_id, id }: JsonObject): string | undefined {
  if (typeof webhook_id === "string" && webhook_id !== "") return webhook_id;
  return typeof id === "number" || (typeof id === "string" && id !== "") ? String(id) : undefined;
}
