import type { JsonObject } from "../shared/json.ts";
import { apiMessage, LARGEST_BODY_BYTES, readBody, readRefusal, readText } from "./body.ts";
import type { ClientOptions } from "./client-options.ts";
import { connectionOutcome, misdirection } from "./connection-faults.ts";
import { basicAuth } from "./credentials.ts";
import { Deadline } from "./deadline.ts";
import type { Endpoint, Query } from "./endpoint.ts";
import { type Outcome, type StatedQuota, statedQuota, statedWaitMs } from "./retry.ts";

/** No answer of a page of 50 takes this long; what does is a connection that died quietly. */
const REQUEST_TIMEOUT_MS = 60_000;

const TOO_LARGE = `an answer of more than ${LARGEST_BODY_BYTES / 2 ** 20} MiB`;

/** How much of Aircall's own error message goes into ours. */
const LONGEST_MESSAGE_CHARACTERS = 200;

/** What is asked of the API. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly endpoint: Endpoint;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: JsonObject;
  /** Called with the answer's body before personal data is redacted, for what can be seen only then. It keeps nothing of it. */
  readonly onBody?: (body: JsonObject) => void;
}

/** A usable answer. */
export interface Answer {
  readonly body: JsonObject;
  /** The fields with numbers that are not kept exactly. */
  readonly inexactFields: readonly string[];
  readonly status: number;
  /** The size of the body as text in UTF-8. */
  readonly bytes: number;
  readonly quota: StatedQuota;
}

/** Sends one request and reads its answer. Throws only the reason of the signal, when that is aborted. */
export async function sendRequest(
  request: ApiRequest,
  client: ClientOptions,
  signal: AbortSignal,
): Promise<Outcome | Answer> {
  const deadline = new Deadline(signal, REQUEST_TIMEOUT_MS, client.ports.clock);
  try {
    const response = await client.ports.fetch(urlOf(request, client), {
      ...contentOf(request),
      headers: headersOf(request, client),
      // A redirect that was followed would send the key to another host.
      redirect: "manual",
      signal: deadline.signal,
    });
    if (!response.ok) return await refusal(response, client, signal);
    const text = await readText(response);
    if (text === undefined) return { kind: "too-large", detail: TOO_LARGE };
    const answer = readBody(text, request.endpoint);
    if (!("body" in answer)) return answer;
    const quota = statedQuota(response.headers, client.ports.clock.now());
    return { ...answer, status: response.status, bytes: Buffer.byteLength(text), quota };
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.isOver)
      return { kind: "no-answer", detail: `no answer within ${REQUEST_TIMEOUT_MS / 1000} s` };
    return withoutSecrets(connectionOutcome(error, client.ports.clock.now()), client);
  } finally {
    deadline.end();
  }
}

/** The status and headers of an answer that is not a success, and its message if the body can be read. */
async function refusal(response: Response, client: ClientOptions, signal: AbortSignal): Promise<Outcome> {
  const text = await readRefusal(response);
  signal.throwIfAborted();
  const { status, headers } = response;
  const said = client.redactor.hide(apiMessage(text) ?? "");
  const words = said.slice(0, LONGEST_MESSAGE_CHARACTERS);
  const detail = `HTTP ${status}${words && `, "${words}"`}`;
  const misled = misdirection(response, text, detail);
  if (misled) return misled;
  const nowMs = client.ports.clock.now();
  const waitMs = statedWaitMs(headers, nowMs);
  return { kind: "answered", status, detail, waitMs, quota: statedQuota(headers, nowMs) };
}

function withoutSecrets(outcome: Outcome, { redactor }: ClientOptions): Outcome {
  return { ...outcome, detail: redactor.hide(outcome.detail) };
}

function contentOf({ method, body }: ApiRequest): RequestInit {
  return { method, ...(body && { body: JSON.stringify(body) }) };
}

/** Aircall requires the content type of every request that writes, a deletion included. */
function headersOf({ method }: ApiRequest, { credentials }: ClientOptions): Record<string, string> {
  return {
    accept: "application/json",
    authorization: basicAuth(credentials),
    ...(method !== "GET" && { "content-type": "application/json" }),
  };
}

function urlOf({ endpoint, query = {} }: ApiRequest, { origin }: ClientOptions): URL {
  const url = new URL(endpoint.path, origin);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}
