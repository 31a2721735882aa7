import {
  AccessRefused,
  BeyondReach,
  ConnectorError,
  CredentialsRefused,
  NotFound,
  SourceUnavailable,
  UnexpectedAnswer,
} from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Ports } from "../shared/ports.ts";
import type { Redactor } from "../shared/redactor.ts";
import { apiMessage, readBody, readRefusal, readText } from "./body.ts";
import type { Permit, Priority, RequestBudget } from "./budget.ts";
import { basicAuth, type Credentials } from "./credentials.ts";
import { Deadline } from "./deadline.ts";
import type { Endpoint, Query } from "./endpoint.ts";
import { type Page, readPages } from "./pages.ts";
import {
  BLOCK_MS,
  decideRetry,
  isTransient,
  type Outcome,
  RETRY_POLICY,
  type RetryPolicy,
  statedLimit,
  statedWaitMs,
} from "./retry.ts";

/** No answer of a page of 50 takes this long; what does is a connection that died quietly. */
const REQUEST_TIMEOUT_MS = 60_000;

/** How much of Aircall's own error message goes into ours. */
const LONGEST_MESSAGE_CHARACTERS = 200;

const PING: Endpoint = { path: "/v1/ping", bodyKey: "ping", holds: "one" };

/** What a reader does, for progress views. */
export type RequestEvent =
  | { readonly kind: "request"; readonly purpose: string }
  | { readonly kind: "wait"; readonly untilMs: number; readonly because: string };

export interface ClientOptions {
  readonly credentials: Credentials;
  /** The API's origin, such as `https://api.aircall.io`. */
  readonly origin: string;
  readonly budget: RequestBudget;
  readonly ports: Ports;
  /** Hides the secrets that Aircall repeats in its answers. */
  readonly redactor: Redactor;
  /** The ceiling of the first random wait before a request is sent again; left out, the retry policy's. */
  readonly retryWaitMs?: number;
  /** Changes the body of every answer, in place, before anything else reads it. */
  readonly redactBody?: (body: JsonObject) => void;
}

export interface ReaderOptions {
  readonly client: ClientOptions;
  /** Ends the requests and waits of the reader. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: RequestEvent) => void;
  /** What the requests are for, in the reader's events; `snapshot` by default. */
  readonly purpose?: string;
  /** `snapshot` by default. */
  readonly priority?: Priority;
}

/** Reads the API for one stream, until its signal is aborted. Every reader of an account shares one budget. */
export class AircallReader {
  readonly #options: ReaderOptions;
  readonly #client: ClientOptions;
  readonly #signal: AbortSignal;
  readonly #retryPolicy: RetryPolicy;

  constructor(options: ReaderOptions) {
    const { retryWaitMs: firstWaitMs = RETRY_POLICY.firstWaitMs } = options.client;
    this.#options = options;
    this.#client = options.client;
    this.#signal = options.signal;
    this.#retryPolicy = { ...RETRY_POLICY, firstWaitMs };
  }

  /** The same reader, whose requests have another purpose and priority. */
  for(purpose: string, priority: Priority): AircallReader {
    return new AircallReader({ ...this.#options, purpose, priority });
  }

  /**
   * The pages of an endpoint, in the API's order; `ahead` of them may be asked for before they are
   * pulled. Throws what `get` throws, and `ListTooLong`.
   */
  pages(endpoint: Endpoint, query: Query = {}, ahead = 0): AsyncGenerator<Page, void, void> {
    return readPages((params) => this.get(endpoint, params), endpoint, query, ahead);
  }

  /** Throws `CredentialsRefused` when Aircall does not know the credentials. */
  async ping(): Promise<void> {
    await this.get(PING, {});
  }

  /**
   * The body of an answer that holds the endpoint's key, after as many attempts as the retry policy
   * allows. Throws `CredentialsRefused`, `AccessRefused`, `SourceUnavailable` or `UnexpectedAnswer`.
   */
  async get(endpoint: Endpoint, query: Query): Promise<JsonObject> {
    const { clock, log, random } = this.#client.ports;
    let firstSentMs: number | undefined;
    for (let attempt = 1; ; attempt++) {
      const permit = await this.#permit();
      firstSentMs ??= clock.now();
      const outcome = await this.#send(endpoint, query);
      if ("body" in outcome) {
        this.#client.redactBody?.(outcome.body);
        return outcome.body;
      }
      const tries = { attempt, elapsedMs: clock.now() - firstSentMs };
      const decision = decideRetry(outcome, tries, this.#retryPolicy, random);
      if (isRateLimited(outcome)) this.#pauseAll(outcome, permit);
      if (!decision.retry) throw await this.#failure(endpoint, outcome, decision.because);
      const { afterMs } = decision;
      log.debug("asking again", { path: endpoint.path, attempt, outcome: outcome.detail, afterMs });
      if (!isRateLimited(outcome)) await this.#wait(afterMs, outcome);
    }
  }

  /** As `get`, and `undefined` when Aircall knows nothing by that path. */
  async find(endpoint: Endpoint, query: Query = {}): Promise<JsonObject | undefined> {
    try {
      return await this.get(endpoint, query);
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  async #permit(): Promise<Permit> {
    const { purpose = "snapshot", priority = "snapshot", onEvent } = this.#options;
    const permit = await this.#client.budget.take(priority, this.#signal, (waitMs) =>
      this.#reportWait(waitMs, "the request budget"),
    );
    onEvent?.({ kind: "request", purpose });
    return permit;
  }

  async #send(endpoint: Endpoint, query: Query): Promise<Outcome | { body: JsonObject }> {
    const deadline = new Deadline(this.#signal, REQUEST_TIMEOUT_MS, this.#client.ports.clock);
    try {
      const response = await this.#client.ports.fetch(this.#url(endpoint, query), {
        headers: { accept: "application/json", authorization: basicAuth(this.#client.credentials) },
        redirect: "error",
        signal: deadline.signal,
      });
      if (!response.ok) return await this.#refusal(response);
      const text = await readText(response);
      if (text === undefined) return { kind: "unreadable", detail: "an answer that is far too large" };
      return readBody(text, endpoint);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (deadline.isOver)
        return { kind: "no-answer", detail: `no answer within ${REQUEST_TIMEOUT_MS / 1000} s` };
      return {
        kind: "no-answer",
        detail: this.#client.redactor.hide(networkReason(error)),
      };
    } finally {
      deadline.end();
    }
  }

  /** The status and headers of an answer that is not a success, and its message if the body can be read. */
  async #refusal(response: Response): Promise<Outcome> {
    const text = await readRefusal(response);
    this.#signal.throwIfAborted();
    const waitMs = statedWaitMs(response.headers, this.#client.ports.clock.now());
    const said = this.#client.redactor.hide(apiMessage(text) ?? "");
    const words = said.slice(0, LONGEST_MESSAGE_CHARACTERS);
    const detail = `HTTP ${response.status}${words && `, "${words}"`}`;
    const limit = statedLimit(response.headers);
    return { kind: "answered", status: response.status, detail, waitMs, limit };
  }

  /** A 429 pauses all requests, even if this one is given up. A pause longer than the retry limit is ignored. */
  #pauseAll({ waitMs = BLOCK_MS, limit }: Answered, permit: Permit): void {
    const waitSeconds = Math.ceil(waitMs / 1000);
    this.#client.ports.log.warn(
      `Aircall refused a request for being one too many; all requests wait for ${waitSeconds} s`,
    );
    if (waitMs <= RETRY_POLICY.longestMs) this.#client.budget.refused(permit, waitMs, limit);
  }

  async #failure(endpoint: Endpoint, outcome: Outcome, because: string): Promise<ConnectorError> {
    if (outcome.kind !== "answered" || isTransient(outcome)) {
      return new SourceUnavailable(
        `Aircall could not be read at ${new URL(this.#client.origin).host}${endpoint.path}: ${outcome.detail} (${because}). Check the network and https://status.aircall.com, then run again.`,
      );
    }
    if (outcome.status === 401 || outcome.status === 403)
      return this.#refusedBecause(endpoint, outcome.detail);
    const Refusal =
      outcome.status === 404 ? NotFound : isBeyondReach(outcome) ? BeyondReach : UnexpectedAnswer;
    return new Refusal(`Aircall refused ${endpoint.path}: ${outcome.detail}.`);
  }

  /** A 403 can mean a bad key or a missing permission; only `/v1/ping` distinguishes the two. */
  async #refusedBecause(endpoint: Endpoint, detail: string): Promise<ConnectorError> {
    if (endpoint === PING) {
      return new CredentialsRefused(
        `Aircall refused the API ID and token (${detail}). Create a key at https://dashboard.aircall.io/integrations/api-keys and use its ID and token.`,
      );
    }
    try {
      await this.ping();
    } catch (error) {
      if (error instanceof ConnectorError) return error;
      throw error;
    }
    return new AccessRefused(
      `Aircall accepts the API key and yet refuses ${endpoint.path} (${detail}). Ask Aircall whether the account's plan includes it.`,
    );
  }

  #url(endpoint: Endpoint, query: Query): URL {
    const url = new URL(endpoint.path, this.#client.origin);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    return url;
  }

  async #wait(afterMs: number, { detail }: Outcome): Promise<void> {
    this.#reportWait(afterMs, `another attempt (${detail})`);
    await this.#client.ports.clock.sleep(afterMs, this.#signal);
  }

  #reportWait(waitMs: number, because: string): void {
    const untilMs = this.#client.ports.clock.now() + waitMs;
    this.#options.onEvent?.({ kind: "wait", untilMs, because });
  }
}

type Answered = Outcome & { readonly kind: "answered" };

function isRateLimited(outcome: Outcome): outcome is Answered {
  return outcome.kind === "answered" && outcome.status === 429;
}

/** Aircall's message for a page that is too deep. Seen on a live account. */
function isBeyondReach({ status, detail }: Answered): boolean {
  return status === 400 && detail.includes("pagination is out of bound");
}

/** `fetch` wraps the reason of a failed connection, sometimes once more for each address it tried. */
function networkReason(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === "string") return `${code}${cause.message ? ` (${cause.message})` : ""}`;
    if (cause.cause === undefined) return cause.message;
  }
  return "the connection failed";
}
