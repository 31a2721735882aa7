import {
  AircallReader,
  AircallWebhooks,
  type ClientOptions,
  fetchThrough,
  type QuotaUse,
  RequestBudget,
  ROWS_PER_PAGE,
} from "./aircall/index.ts";
import { type CaptureRequest, redactionOf, runCapture } from "./capture-session.ts";
import {
  type EndpointConfig,
  type Environment,
  type EventsPort,
  type Pace,
  type ResourceConfig,
  readEventsPort,
  readOrigin,
  readPace,
  readProxy,
} from "./config/index.ts";
import { Configs, keyMarkOf } from "./configs.ts";
import type { Block } from "./engine/index.ts";
import { AccessRefused, ConfigError, ConnectorError } from "./errors.ts";
import { eventsAddress, removeWebhook } from "./events/index.ts";
import type { Json, JsonObject } from "./shared/json.ts";
import type { Ports } from "./shared/ports.ts";
import { Redactor } from "./shared/redactor.ts";
import { type Company, isOptional, readCompany, type StreamName, streams } from "./streams/index.ts";

/** Which API the connector talks to, and in which world. */
export interface ConnectorOptions extends Pace {
  readonly ports: Ports;
  /** The API's origin, such as `https://api.aircall.io`. */
  readonly origin: string;
  /** Where the connector listens for events; left out, any free port. */
  readonly eventsPort?: EventsPort;
  /** Host and port of the proxy through which `ports.fetch` connects, for errors. Left out, requests are sent directly. */
  readonly proxy?: string;
  /** Gets the secrets of every config that the connector reads. Left out, the connector has one of its own. */
  readonly redactor?: Redactor;
}

export interface StreamCheck {
  readonly stream: StreamName;
  /** How many rows the stream has, as the API counts them; `undefined` when it does not. */
  readonly rows?: number | undefined;
  /** Why the stream cannot be read. */
  readonly error?: ConnectorError;
  /** Why an optional stream cannot be read with the account's plan. */
  readonly notInPlan?: AccessRefused;
}

export interface RemovedWebhook {
  readonly eventsUrl: string;
  /** How many there were; more than one only while a capture had not looked at them yet. */
  readonly count: number;
}

export interface MinutePace {
  readonly requests: number;
  /** Of a long list, if no other stream sends requests. */
  readonly rows: number;
}

export { bindingFor, type DiscoveredBinding, discover } from "./bindings.ts";
export type { CaptureEvent, CaptureRequest } from "./capture-session.ts";
export type { Company, QuotaUse };

/** The connector for the API that the environment names. Throws a `ConfigError` that names a variable that is invalid. */
export function connectorFor(env: Environment, ports: Ports, redactor: Redactor): Connector {
  const origin = readOrigin(env);
  const proxy = readProxy(env, origin);
  const options = { redactor, origin, eventsPort: readEventsPort(env), ...readPace(env) };
  if (!proxy) return new Connector({ ...options, ports });
  redactor.add(proxy.secrets);
  const proxiedPorts = { ...ports, fetch: fetchThrough(proxy.url) };
  return new Connector({ ...options, ports: proxiedPorts, proxy: proxy.name });
}

/** A request may take a little less time to Aircall than the one of a minute ago took. */
const WINDOW_MARGIN = 1.01;

const MINUTE_MS = 60_000;

/** What can be done with an account, whichever protocol asks for it. */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #redactor: Redactor;
  readonly #configs: Configs;
  /** One for the whole process, whatever it asks for: the quota is the company's. */
  #budget: RequestBudget | undefined;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#redactor = options.redactor ?? new Redactor();
    this.#configs = new Configs(options.ports, this.#redactor);
  }

  /** Throws a `ConfigError` for an invalid resource config. No request is sent to the API. */
  readResource(config: unknown): ResourceConfig {
    return this.#configs.readResource(config);
  }

  /** By what the API key is recognised, without what it is. A new token for the same API ID does not change it. */
  keyMark(config: unknown): string {
    return keyMarkOf(this.#configs.readEndpoint(config));
  }

  /** Throws a `ConfigError` for an invalid endpoint config. No request is sent to the API. */
  checkConfig(config: unknown): void {
    this.#configs.readEndpoint(config);
  }

  /** Whether a capture that follows takes events, whose answers wait until they are durable. */
  receivesEvents(config: unknown): boolean {
    return this.#configs.readEndpoint(config).eventsUrl !== undefined;
  }

  /** What the request budget lets a minute take. */
  mostPerMinute(config: unknown): MinutePace {
    const { requestsPerMinute } = this.#configs.readEndpoint(config);
    const requests = (requestsPerMinute * MINUTE_MS) / this.#options.rateWindowMs;
    return { requests, rows: requests * ROWS_PER_PAGE };
  }

  /** What was sent within the last minute, for `recall` of the next process. */
  get recentRequests(): JsonObject {
    return this.#budget?.recent() ?? {};
  }

  /** How much of the quota is in use; `undefined` before the first request. */
  get quotaUse(): QuotaUse | undefined {
    return this.#budget?.use;
  }

  /** Counts what an earlier process has sent within the last minute: the quota is the company's. */
  recall(config: unknown, recentRequests: Json | undefined): void {
    const { budget } = this.#client(this.#configs.readEndpoint(config));
    const blockedMs = budget.recall(recentRequests);
    if (blockedMs > 0)
      this.#options.ports.log.warn(
        `Aircall refused a request of the last run for being one too many; all requests wait for ${Math.ceil(blockedMs / 1000)} s`,
      );
  }

  /** Throws `CredentialsRefused`, or `SourceUnavailable` when Aircall cannot be reached. */
  async proveCredentials(config: unknown, signal: AbortSignal): Promise<void> {
    await this.#reader(config, signal).ping();
  }

  /** Identifies the company of the API key. Throws as `proveCredentials`. */
  async company(config: unknown, signal: AbortSignal): Promise<Company> {
    const parsed = this.#configs.readEndpoint(config);
    const client = { ...this.#client(parsed), ...redactionOf("users", parsed) };
    return readCompany(this.#reader(config, signal), new AircallReader({ client, signal }));
  }

  /**
   * Deletes the webhook of this config's address, and no other. Throws a `ConfigError` if the config has no
   * `events_url`, and as `proveCredentials`.
   */
  async removeWebhook(config: unknown, signal: AbortSignal): Promise<RemovedWebhook> {
    const parsed = this.#configs.readEndpoint(config);
    const { eventsUrl, apiId, apiToken } = parsed;
    if (eventsUrl === undefined)
      throw new ConfigError(
        "Enter the address of the capture in advanced.events_url of the config, or with --events-url: its webhook is recognised by it.",
      );
    const webhooks = new AircallWebhooks({ client: this.#client(parsed), signal, purpose: "webhook" });
    const count = await removeWebhook(webhooks, eventsAddress(eventsUrl, apiId, apiToken));
    return { eventsUrl, count };
  }

  /** Probes each stream with a request. Throws as `proveCredentials`; what is wrong with one stream is in its check. */
  async check(config: unknown, names: readonly StreamName[], signal: AbortSignal): Promise<StreamCheck[]> {
    await this.proveCredentials(config, signal);
    const reader = this.#reader(config, signal);
    const checks: StreamCheck[] = [];
    for (const stream of names) checks.push(await this.#checkStream(reader, stream));
    return checks;
  }

  /** What keeps the streams from being read, a sentence each; empty when nothing does. Warns of what the plan does not have. */
  async problems(config: unknown, names: readonly StreamName[], signal: AbortSignal): Promise<string[]> {
    try {
      const checks = await this.check(config, names, signal);
      for (const { stream, notInPlan } of checks)
        if (notInPlan) this.#options.ports.log.warn(`${stream} will be empty: ${notInPlan.message}`);
      return checks.flatMap(({ stream, error }) => (error ? [`${stream}: ${error.message}`] : []));
    } catch (error) {
      if (error instanceof ConnectorError) return [this.#hidden(error).message];
      throw error;
    }
  }

  /** Yields what the bindings capture. Throws a `ConfigError` before the first block when the config or a binding is invalid. */
  async *capture(request: CaptureRequest): AsyncGenerator<Block, void, void> {
    const config = this.#configs.readEndpoint(request.config);
    const client = this.#client(config);
    const { eventsPort } = this.#options;
    yield* runCapture({ ...request, config, client, configs: this.#configs, eventsPort });
  }

  async #checkStream(reader: AircallReader, stream: StreamName): Promise<StreamCheck> {
    try {
      return { stream, rows: await streams[stream].probe(reader) };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const hidden = this.#hidden(error);
      const isNotInPlan = isOptional(stream) && hidden instanceof AccessRefused;
      return isNotInPlan ? { stream, notInPlan: hidden } : { stream, error: hidden };
    }
  }

  /** The error, whose message may be shown: it holds no secret, wherever it was made. */
  #hidden<Failure extends ConnectorError>(error: Failure): Failure {
    error.message = this.#redactor.hide(error.message);
    return error;
  }

  #reader(config: unknown, signal: AbortSignal): AircallReader {
    return new AircallReader({
      client: this.#client(this.#configs.readEndpoint(config)),
      signal,
      purpose: "check",
    });
  }

  #client(config: EndpointConfig): ClientOptions {
    const { ports, origin, proxy, rateWindowMs, retryWaitMs } = this.#options;
    const limits = { requests: config.requestsPerMinute, sparePercent: config.sparePercent };
    this.#budget ??= new RequestBudget({
      ...limits,
      windowMs: Math.ceil(rateWindowMs * WINDOW_MARGIN),
      clock: ports.clock,
    });
    // Another request to this process may come with another config.
    this.#budget.configure(limits);
    return {
      credentials: config,
      origin,
      proxy,
      budget: this.#budget,
      ports,
      redactor: this.#redactor,
      ...(retryWaitMs !== undefined && { retryWaitMs }),
    };
  }
}
