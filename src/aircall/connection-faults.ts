import type { Outcome } from "./retry.ts";

/** A connection that fails, and would fail again, until a person changes what `advice` names. */
export type Rejected = Outcome & { readonly kind: "rejected" };

interface RejectedCode {
  readonly codes: RegExp;
  readonly advice: (nowMs: number) => string;
}

const CHECK_ADDRESS =
  "Check the scheme and the port of AIRCALL_API_URL, if it is set, and the proxies and firewalls between this machine and Aircall.";

/** Codes of Node for failures that another attempt would meet again. See https://nodejs.org/api/tls.html#x509-certificate-error-codes. */
const REJECTED_CODES: readonly RejectedCode[] = [
  {
    codes:
      /^(UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED)$/,
    advice: () =>
      "Node does not know the authority that signed the certificate. If a proxy or firewall of your company inspects TLS, set NODE_EXTRA_CA_CERTS to the file with its CA certificate; otherwise another server answers in the place of Aircall.",
  },
  {
    codes: /^(CERT|CRL)_(NOT_YET_VALID|HAS_EXPIRED)$/,
    advice: (nowMs) =>
      `Check the clock of this machine, which shows ${new Date(nowMs).toISOString()}. If it is right, the certificate of the server, or of the proxy in between, has to be renewed.`,
  },
  {
    codes: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    advice: () => `The certificate belongs to another host. ${CHECK_ADDRESS}`,
  },
  {
    codes:
      /^(CERT_(REVOKED|REJECTED|SIGNATURE_FAILURE|CHAIN_TOO_LONG)|CRL_SIGNATURE_FAILURE|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|UNABLE_TO_(GET_CRL|DECRYPT_CERT_SIGNATURE|DECRYPT_CRL_SIGNATURE|DECODE_ISSUER_PUBLIC_KEY)|ERROR_IN_(CERT|CRL)_\w+_FIELD|ERR_TLS_CERT_SIGNATURE_ALGORITHM_UNSUPPORTED)$/,
    advice: () =>
      "The certificate is not valid. Ask the administrator of the server, or of the proxy in between, for a valid one.",
  },
  {
    codes:
      /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST|UNKNOWN_PROTOCOL|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|NO_SHARED_CIPHER|TLSV1_UNRECOGNIZED_NAME|\w+_ALERT_(PROTOCOL_VERSION|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|ACCESS_DENIED|CERTIFICATE_REQUIRED|UNKNOWN_CA))$/,
    advice: () =>
      `The server and this machine do not agree on TLS; a port for plain HTTP answers like that. ${CHECK_ADDRESS}`,
  },
  {
    codes: /^HPE_INVALID_(CONSTANT|VERSION)$/,
    advice: () => `What answers does not speak HTTP; a port for TLS answers like that. ${CHECK_ADDRESS}`,
  },
];

const PROXY_AUTHENTICATION =
  "A proxy requires a user and a password. Set HTTPS_PROXY to http://user:password@host:port, with %-encoding for special characters.";

/** `fetch` fails without a reason for an answer with status 407, see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch. */
const PROXY_REFUSAL: Rejected = {
  kind: "rejected",
  detail: "an answer without a reason, probably HTTP 407",
  advice: PROXY_AUTHENTICATION,
};

/** The answer of a proxy to CONNECT, as undici reports it. */
const TUNNEL_REFUSED = /Proxy response \((\d+)\)/;

/** The outcome of a request for which `fetch` threw the error. */
export function connectionOutcome(error: unknown, nowMs: number): Outcome {
  const { code, reason } = networkReason(error);
  if (reason === "") return PROXY_REFUSAL;
  const tunnelStatus = Number(TUNNEL_REFUSED.exec(reason)?.[1]);
  if (tunnelStatus) return tunnelOutcome(tunnelStatus);
  // https://fetch.spec.whatwg.org/#port-blocking
  if (reason === "bad port")
    return { kind: "rejected", detail: "a port that fetch refuses", advice: CHECK_ADDRESS };
  const rejected = REJECTED_CODES.find(({ codes }) => codes.test(code));
  if (!rejected) return { kind: "no-answer", detail: reason };
  return { kind: "rejected", detail: reason, advice: rejected.advice(nowMs) };
}

/** A refused tunnel will be refused again, except when the proxy itself is in trouble. */
function tunnelOutcome(status: number): Outcome {
  const detail = `the proxy answered HTTP ${status}`;
  if (status === 407) return { kind: "rejected", detail, advice: PROXY_AUTHENTICATION };
  if (status >= 500 || status === 408 || status === 429) return { kind: "no-answer", detail };
  const advice = "Ask the administrator of the proxy to allow connections to this host.";
  return { kind: "rejected", detail, advice };
}

/** What an answer is that does not come from the API; `undefined` for one that may. */
export function misdirection(response: Response, text: string, detail: string): Rejected | undefined {
  const { status, headers } = response;
  if (status === 407) return { kind: "rejected", detail, advice: PROXY_AUTHENTICATION };
  if (status === 400 && /\bHTTPS (port|server)\b/i.test(text)) {
    const advice = `The port expects TLS. ${CHECK_ADDRESS}`;
    return { kind: "rejected", detail, advice };
  }
  const location = headers.get("location");
  if (status < 300 || status > 399 || location === null) return undefined;
  return {
    kind: "rejected",
    detail: `unexpected redirect, HTTP ${status}${hostOf(location, response.url)}`,
    advice: `No redirect is followed, since it would take the key to another place; a login page of the network answers like that. ${CHECK_ADDRESS}`,
  };
}

/** Only the host: the rest of an address may hold a secret. */
function hostOf(location: string, base: string): string {
  const url = URL.canParse(location, base || undefined) ? new URL(location, base || undefined) : undefined;
  return url ? ` to ${url.host}` : "";
}

/** `fetch` wraps the reason of a failed connection, sometimes several times. The innermost error with a code names it. */
function networkReason(error: unknown): { code: string; reason: string } {
  let named: NodeJS.ErrnoException | undefined;
  let reason = "the connection failed";
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (typeof (cause as NodeJS.ErrnoException).code === "string") named = cause;
    reason = firstLine(cause.message);
  }
  if (named?.code === undefined) return { code: "", reason };
  const message = firstLine(named.message);
  return { code: named.code, reason: `${named.code}${message && ` (${message})`}` };
}

/** OpenSSL's messages name places in its source code around the reason. */
function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return /:SSL routines:/.test(line) ? (line.split(":")[5] ?? "") : line;
}
