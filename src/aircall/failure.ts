import {
  AnswerTooLarge,
  BeyondReach,
  ConnectionRejected,
  type ConnectorError,
  NotFound,
  RequestInvalid,
  SourceUnavailable,
  UnexpectedAnswer,
} from "../errors.ts";
import type { ClientOptions } from "./client-options.ts";
import type { Endpoint } from "./endpoint.ts";
import { isTransient, type Outcome } from "./retry.ts";

/** The error of a request that is given up because of its outcome, whatever the outcome says about the key. */
export function failureOf(
  endpoint: Endpoint,
  outcome: Outcome,
  because: string,
  { origin, proxy }: ClientOptions,
): ConnectorError {
  const through = proxy === undefined ? "" : ` through the proxy ${proxy}`;
  const place = `${new URL(origin).host}${endpoint.path}${through}`;
  if (outcome.kind === "rejected")
    return new ConnectionRejected(
      `Aircall cannot be reached at ${place}: ${outcome.detail}. ${outcome.advice}`,
    );
  if (outcome.kind === "too-large")
    return new AnswerTooLarge(`Aircall answered ${endpoint.path} with ${outcome.detail}.`);
  if (outcome.kind !== "answered" || isTransient(outcome)) {
    const scheme = isClosedAtOnce(origin, outcome)
      ? " If the port expects HTTPS, write https in AIRCALL_API_URL."
      : "";
    const proxyToo = proxy === undefined ? "" : " the proxy,";
    return new SourceUnavailable(
      `Aircall could not be read at ${place}: ${outcome.detail} (${because}). Check${proxyToo} the network and https://status.aircall.com, then run again.${scheme}`,
    );
  }
  const Refusal = refusalOf(outcome);
  return new Refusal(`Aircall refused ${endpoint.path}: ${outcome.detail}.`);
}

function refusalOf(outcome: Outcome & { readonly kind: "answered" }) {
  if (outcome.status === 404) return NotFound;
  if (isBeyondReach(outcome)) return BeyondReach;
  return outcome.status === 400 || outcome.status === 422 ? RequestInvalid : UnexpectedAnswer;
}

/** Aircall's message for a page that is too deep. Seen on a live account. */
function isBeyondReach({ status, detail }: Outcome & { readonly kind: "answered" }): boolean {
  return status === 400 && detail.includes("pagination is out of bound");
}

/** A server for HTTPS may answer so, and so does one that is restarting. */
function isClosedAtOnce(origin: string, { detail }: Outcome): boolean {
  return origin.startsWith("http:") && detail.startsWith("UND_ERR_SOCKET");
}
