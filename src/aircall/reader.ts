import { NotFound } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import { AircallClient, type RequestOptions } from "./client.ts";
import type { Endpoint, Query } from "./endpoint.ts";
import { type Page, type Report, readPages } from "./pages.ts";
import type { Priority } from "./priorities.ts";
import type { ApiRequest } from "./request.ts";

/** Reads the API for one stream, until its signal is aborted. It cannot write. */
export class AircallReader {
  readonly #options: RequestOptions;
  readonly #client: AircallClient;
  readonly report: Report;

  constructor(options: RequestOptions) {
    const { reported = new Set() } = options;
    this.#options = { ...options, reported };
    this.#client = new AircallClient(this.#options);
    this.report = this.#client.report;
  }

  /** The same reader, whose requests have another purpose and priority. */
  for(purpose: string, priority: Priority): AircallReader {
    return new AircallReader({ ...this.#options, purpose, priority });
  }

  /**
   * When the next request of the priority `spare` may be sent, in Unix milliseconds; in the past when it may be sent
   * now. Such a request is attempted once.
   */
  spareAtMs(): number {
    return this.#options.client.budget.spareAtMs();
  }

  /**
   * The pages of an endpoint, in the API's order; `ahead` of them may be asked for before they are
   * pulled. Throws what `get` throws, and `ListTooLong`.
   */
  pages(endpoint: Endpoint, query: Query = {}, ahead = 0): AsyncGenerator<Page, void, void> {
    const get = (params: Query) => this.get(endpoint, params);
    return readPages({ get, report: this.report, endpoint, query, ahead });
  }

  /** Throws `CredentialsRefused` when Aircall does not know the credentials. */
  ping(): Promise<void> {
    return this.#client.ping();
  }

  /**
   * The body of an answer that holds the endpoint's key, after as many attempts as the retry policy
   * allows. Throws `CredentialsRefused`, `AccessRefused`, `ConnectionRejected`, `SourceUnavailable` or
   * `UnexpectedAnswer`. `onBody` is called with the body before personal data is redacted, and keeps nothing of it.
   */
  get(endpoint: Endpoint, query: Query, onBody?: ApiRequest["onBody"]): Promise<JsonObject> {
    return this.#client.send({ method: "GET", endpoint, query, ...(onBody && { onBody }) });
  }

  /** As `get`, and `undefined` when Aircall knows nothing by that path. */
  async find(
    endpoint: Endpoint,
    query: Query = {},
    onBody?: ApiRequest["onBody"],
  ): Promise<JsonObject | undefined> {
    try {
      return await this.get(endpoint, query, onBody);
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }
}
