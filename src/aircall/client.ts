import { AccessRefused, ConnectorError, CredentialsRefused, NotFound } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { LogFields } from "../shared/ports.ts";
import type { ClientOptions } from "./client-options.ts";
import type { Endpoint, Query } from "./endpoint.ts";
import { failureOf } from "./failure.ts";
import { type Page, type Report, readPages } from "./pages.ts";
import type { Priority } from "./priorities.ts";
import { type Answer, sendRequest } from "./request.ts";
import {
  BLOCK_MS,
  decideRetry,
  type Outcome,
  RETRY_POLICY,
  type RetryPolicy,
  type StatedQuota,
} from "./retry.ts";
import type { Permit } from "./sent-requests.ts";

const PING: Endpoint = { path: "/v1/ping", bodyKey: "ping", holds: "one" };

/** What a reader does, for progress views. */
export type RequestEvent =
  | { readonly kind: "request"; readonly purpose: string }
  | { readonly kind: "wait"; readonly untilMs: number; readonly because: string };

export interface ReaderOptions {
  readonly client: ClientOptions;
  /** Ends the requests and waits of the reader. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: RequestEvent) => void;
  /** What the requests are for, in the reader's events; `snapshot` by default. */
  readonly purpose?: string;
  /** `snapshot` by default. */
  readonly priority?: Priority;
  /** The topics that readers of the same run have reported. */
  readonly reported?: Set<string>;
}

/** Reads the API for one stream, until its signal is aborted. Every reader of an account shares one budget. */
export class AircallReader {
  readonly #options: ReaderOptions;
  readonly #client: ClientOptions;
  readonly #signal: AbortSignal;
  readonly #retryPolicy: RetryPolicy;
  readonly #reported: Set<string>;

  constructor(options: ReaderOptions) {
    const { retryWaitMs: firstWaitMs = RETRY_POLICY.firstWaitMs } = options.client;
    this.#options = options;
    this.#client = options.client;
    this.#signal = options.signal;
    const { maxAttempts } = options.priority === "spare" ? { maxAttempts: 1 } : RETRY_POLICY;
    this.#retryPolicy = { ...RETRY_POLICY, maxAttempts, firstWaitMs };
    this.#reported = options.reported ?? new Set();
  }

  /** The same reader, whose requests have another purpose and priority. */
  for(purpose: string, priority: Priority): AircallReader {
    return new AircallReader({ ...this.#options, purpose, priority, reported: this.#reported });
  }

  /**
   * When the next request of the priority `spare` may be sent, in Unix milliseconds; in the past when it may be sent
   * now. Such a request is attempted once.
   */
  spareAtMs(): number {
    return this.#client.budget.spareAtMs();
  }

  /**
   * The pages of an endpoint, in the API's order; `ahead` of them may be asked for before they are
   * pulled. Throws what `get` throws, and `ListTooLong`.
   */
  pages(endpoint: Endpoint, query: Query = {}, ahead = 0): AsyncGenerator<Page, void, void> {
    const get = (params: Query) => this.get(endpoint, params);
    return readPages({ get, report: this.report, endpoint, query, ahead });
  }

  /** Warns of an answer that contradicts the API, once for each topic. */
  readonly report: Report = (topic, sentence) => {
    if (this.#reported.has(topic)) return;
    this.#reported.add(topic);
    this.#client.ports.log.warn(sentence);
  };

  /** Throws `CredentialsRefused` when Aircall does not know the credentials. */
  async ping(): Promise<void> {
    await this.for("credentials", "snapshot").get(PING, {});
  }

  /**
   * The body of an answer that holds the endpoint's key, after as many attempts as the retry policy
   * allows. Throws `CredentialsRefused`, `AccessRefused`, `ConnectionRejected`, `SourceUnavailable` or
   * `UnexpectedAnswer`.
   */
  async get(endpoint: Endpoint, query: Query): Promise<JsonObject> {
    const { clock, random } = this.#client.ports;
    let firstSentMs: number | undefined;
    let wantedMs = clock.now();
    for (let attempt = 1; ; attempt++) {
      const permit = await this.#permit();
      const sentMs = clock.now();
      firstSentMs ??= sentMs;
      const outcome = await sendRequest(endpoint, query, this.#client, this.#signal);
      const answeredMs = clock.now();
      const times = { waitedMs: sentMs - wantedMs, tookMs: answeredMs - sentMs };
      this.#log(endpoint, query, outcome, { attempt, ...times });
      wantedMs = answeredMs;
      if (!isRateLimited(outcome)) this.#client.budget.heard(permit, quotaIn(outcome));
      if ("body" in outcome) {
        for (const field of outcome.inexactFields) this.#reportInexact(endpoint, field);
        this.#client.redactBody?.(outcome.body);
        return outcome.body;
      }
      const tries = { attempt, elapsedMs: clock.now() - firstSentMs };
      const decision = decideRetry(outcome, tries, this.#retryPolicy, random);
      if (isRateLimited(outcome)) this.#pauseAll(outcome, permit);
      if (!decision.retry) throw await this.#failure(endpoint, outcome, decision.because);
      if (!isRateLimited(outcome)) await this.#wait(decision.afterMs, outcome);
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

  #reportInexact({ path }: Endpoint, field: string): void {
    this.report(
      `${path} ${field}`,
      `The field "${field}" of ${path} has a number that a 64-bit float cannot hold exactly. It is captured as the nearest such number, or as null beyond the largest.`,
    );
  }

  async #permit(): Promise<Permit> {
    const { purpose = "snapshot", priority = "snapshot", onEvent } = this.#options;
    const permit = await this.#client.budget.take(priority, this.#signal, (waitMs) =>
      this.#reportWait(waitMs, "the request budget"),
    );
    onEvent?.({ kind: "request", purpose });
    return permit;
  }

  /** A 429 pauses all requests, even if this one is given up. A pause longer than the retry limit is ignored. */
  #pauseAll({ waitMs = BLOCK_MS, quota }: Answered, permit: Permit): void {
    const { budget, ports } = this.#client;
    if (waitMs > RETRY_POLICY.longestMs || !budget.refused(permit, waitMs, quota?.limit)) return;
    ports.log.warn(
      `Aircall refused a request for being one too many; all requests wait for ${Math.ceil(waitMs / 1000)} s`,
    );
  }

  async #failure(endpoint: Endpoint, outcome: Outcome, because: string): Promise<ConnectorError> {
    const isRefused = outcome.kind === "answered" && (outcome.status === 401 || outcome.status === 403);
    if (isRefused) return this.#refusedBecause(endpoint, outcome.detail);
    return failureOf(endpoint, outcome, because, this.#client);
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

  /** Every request, in one line. No query of the connector holds a secret or personal data. */
  #log({ path, bodyKey }: Endpoint, query: Query, outcome: Outcome | Answer, times: RequestTimes): void {
    const { purpose = "snapshot", client } = this.#options;
    const target = `${path}${Object.keys(query).length > 0 ? `?${new URLSearchParams(textsOf(query))}` : ""}`;
    client.ports.log.debug(`GET ${target}`, { purpose, ...times, ...resultOf(outcome, bodyKey) });
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

function isRateLimited(outcome: Outcome | Answer): outcome is Answered {
  return "kind" in outcome && outcome.kind === "answered" && outcome.status === 429;
}

function quotaIn(outcome: Outcome | Answer): StatedQuota {
  return "quota" in outcome && outcome.quota ? outcome.quota : {};
}

interface RequestTimes {
  /** Counts from 1. */
  readonly attempt: number;
  /** Before the request was sent: for the budget, and for another attempt. */
  readonly waitedMs: number;
  readonly tookMs: number;
}

function resultOf(outcome: Outcome | Answer, bodyKey: string): LogFields {
  if (!("body" in outcome)) return { outcome: outcome.detail };
  const held = outcome.body[bodyKey];
  return { status: outcome.status, rows: Array.isArray(held) ? held.length : 1, bytes: outcome.bytes };
}

function textsOf(query: Query): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}
