import { AccessRefused, ConnectorError, CredentialsRefused } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { LogFields } from "../shared/ports.ts";
import type { ClientOptions } from "./client-options.ts";
import type { Endpoint, Query } from "./endpoint.ts";
import { failureOf } from "./failure.ts";
import type { Report } from "./pages.ts";
import type { Priority } from "./priorities.ts";
import { type Answer, type ApiRequest, sendRequest } from "./request.ts";
import {
  BLOCK_MS,
  decideRetry,
  isTransient,
  type Outcome,
  RETRY_POLICY,
  type RetryDecision,
  type RetryPolicy,
  type StatedQuota,
  type Tries,
} from "./retry.ts";
import type { Permit } from "./sent-requests.ts";

const PING: Endpoint = { path: "/v1/ping", bodyKey: "ping", holds: "one" };

/** What a client does, for progress views. */
export type RequestEvent =
  | { readonly kind: "request"; readonly purpose: string }
  | { readonly kind: "wait"; readonly untilMs: number; readonly because: string };

/** Whose requests these are. */
export interface RequestOptions {
  readonly client: ClientOptions;
  /** Ends the requests and waits. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: RequestEvent) => void;
  /** What the requests are for, in the events; `snapshot` by default. */
  readonly purpose?: string;
  /** `snapshot` by default. */
  readonly priority?: Priority;
  /** The topics that clients of the same run have reported. */
  readonly reported?: Set<string>;
}

/** Sends requests, until its signal is aborted. All clients of an account share one budget. */
export class AircallClient {
  readonly #options: RequestOptions;
  readonly #client: ClientOptions;
  readonly #signal: AbortSignal;
  readonly #retryPolicy: RetryPolicy;
  readonly #reported: Set<string>;

  constructor(options: RequestOptions) {
    const { retryWaitMs: firstWaitMs = RETRY_POLICY.firstWaitMs } = options.client;
    this.#options = options;
    this.#client = options.client;
    this.#signal = options.signal;
    const { maxAttempts } = options.priority === "spare" ? { maxAttempts: 1 } : RETRY_POLICY;
    this.#retryPolicy = { ...RETRY_POLICY, maxAttempts, firstWaitMs };
    this.#reported = options.reported ?? new Set();
  }

  /** The same client, whose requests have another purpose and priority. */
  for(purpose: string, priority: Priority): AircallClient {
    return new AircallClient({ ...this.#options, purpose, priority, reported: this.#reported });
  }

  /** Warns of an answer that contradicts the API, once for each topic. */
  readonly report: Report = (topic, sentence) => {
    if (this.#reported.has(topic)) return;
    this.#reported.add(topic);
    this.#client.ports.log.warn(sentence);
  };

  /** Throws `CredentialsRefused` when Aircall does not know the credentials. */
  async ping(): Promise<void> {
    await this.for("credentials", "snapshot").send({ method: "GET", endpoint: PING });
  }

  /**
   * The body of an answer that holds the endpoint's key, after as many attempts as the retry policy
   * allows. Throws `CredentialsRefused`, `AccessRefused`, `ConnectionRejected`, `SourceUnavailable` or
   * `UnexpectedAnswer`.
   */
  async send(request: ApiRequest): Promise<JsonObject> {
    const { clock } = this.#client.ports;
    let firstSentMs: number | undefined;
    let wantedMs = clock.now();
    for (let attempt = 1; ; attempt++) {
      const permit = await this.#permit();
      const sentMs = clock.now();
      firstSentMs ??= sentMs;
      const outcome = await sendRequest(request, this.#client, this.#signal);
      const answeredMs = clock.now();
      const times = { waitedMs: sentMs - wantedMs, tookMs: answeredMs - sentMs };
      this.#log(request, outcome, { attempt, ...times });
      wantedMs = answeredMs;
      if (!isRateLimited(outcome)) this.#client.budget.heard(permit, quotaIn(outcome));
      if ("body" in outcome) {
        for (const field of outcome.inexactFields) this.#reportInexact(request.endpoint, field);
        request.onBody?.(outcome.body);
        this.#client.redactBody?.(outcome.body, nameOf(outcome.body, request.endpoint));
        return outcome.body;
      }
      const tries = { attempt, elapsedMs: clock.now() - firstSentMs };
      const decision = this.#decide(request, outcome, tries);
      if (isRateLimited(outcome)) this.#pauseAll(outcome, permit);
      if (!decision.retry) throw await this.#failure(request.endpoint, outcome, decision.because);
      if (!isRateLimited(outcome)) await this.#wait(decision.afterMs, outcome);
    }
  }

  #decide(request: ApiRequest, outcome: Outcome, tries: Tries): RetryDecision {
    if (mayBeDone(request, outcome)) return { retry: false, because: "it may have been carried out" };
    return decideRetry(outcome, tries, this.#retryPolicy, this.#client.ports.random);
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
  #log({ method, endpoint, query = {} }: ApiRequest, outcome: Outcome | Answer, times: RequestTimes): void {
    const { purpose = "snapshot", client } = this.#options;
    const { path, bodyKey } = endpoint;
    const target = `${path}${Object.keys(query).length > 0 ? `?${new URLSearchParams(textsOf(query))}` : ""}`;
    client.ports.log.debug(`${method} ${target}`, { purpose, ...times, ...resultOf(outcome, bodyKey) });
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

/** Whether another attempt could do the same twice: only a refusal for the rate limit has certainly done nothing. */
function mayBeDone({ method }: ApiRequest, outcome: Outcome): boolean {
  return method === "POST" && isTransient(outcome) && !isRateLimited(outcome);
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

/** The name of the object that a body is; empty for a body that holds it in a property. */
function nameOf(body: JsonObject, { bodyKey, holds }: Endpoint): string {
  return holds === "any" && !Object.hasOwn(body, bodyKey) ? bodyKey : "";
}

function resultOf(outcome: Outcome | Answer, bodyKey: string): LogFields {
  if (!("body" in outcome)) return { outcome: outcome.detail };
  const held = outcome.body[bodyKey];
  return { status: outcome.status, rows: Array.isArray(held) ? held.length : 1, bytes: outcome.bytes };
}

function textsOf(query: Query): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}
