import type { Emulator, FaultKind } from "../../emulator/index.ts";
import type { TestClock } from "./clock.ts";

/** A request on its way to the emulator. */
export interface TroubledRequest {
  readonly clock: TestClock;
  readonly emulator: Emulator;
  /** Path and query. */
  readonly target: string;
  readonly signal: AbortSignal;
  /** What is answered when nothing goes wrong. */
  readonly ask: () => Promise<Response>;
}

/** Goes wrong as `fetch` and Aircall do, in the time of the clock. */
export type Trouble = (request: TroubledRequest) => Promise<Response>;

/** All that goes wrong and may pass, each by its name. */
export const PASSING_TROUBLES = {
  "connection refused": broken("ECONNREFUSED"),
  "connection reset": broken("ECONNRESET"),
  "connection reset by Aircall": emulated({ kind: "reset" }),
  "connection not made in time": broken("UND_ERR_CONNECT_TIMEOUT"),
  "name not found": broken("ENOTFOUND"),
  "name server silent": broken("EAI_AGAIN"),
  "proxy in trouble": broken("UND_ERR_ABORTED", "Proxy response (502) !== 200 when HTTP Tunneling"),
  "no answer": ({ clock, signal }) => clock.sleep(Infinity, signal).then(() => Response.error()),
  "body that stalls": (request) => rewritten(request, ([half]) => [half, Infinity]),
  "body that crawls": (request) => rewritten(request, ([half]) => Array(20).fill([half, 5_000]).flat()),
  "body that is late": (request) => rewritten(request, ([half, rest]) => [5_000, half, 5_000, rest]),
  "body cut off": emulated({ kind: "cut" }),
  "body without end": (request) => rewritten(request, () => Array(20).fill(MEGABYTE)),
  "JSON cut short": (request) => rewritten(request, ([half]) => [half]),
  "another content type": (request) =>
    rewritten(request, (halves) => halves, { "content-type": "text/plain" }),
  "web page": emulated({ kind: "html" }),
  "list missing": emulated({ kind: "missingKey" }),
  "HTTP 408": answered(408),
  "HTTP 500": answered(500),
  "HTTP 501": answered(501),
  "HTTP 502": answered(502),
  "HTTP 503": answered(503),
  "HTTP 503 with Retry-After": answered(503, () => ({ "retry-after": "7" })),
  "HTTP 504": answered(504),
  "HTTP 429": answered(429),
  "HTTP 429 with Retry-After": answered(429, () => ({ "retry-after": "12" })),
  "HTTP 429 with Retry-After as a date": answered(429, (nowMs) => ({
    "retry-after": new Date(nowMs + 12_000).toUTCString(),
  })),
  "HTTP 429 with a reset in seconds": answered(429, (nowMs) => ({
    "x-aircallapi-reset": String(Math.ceil(nowMs / 1000) + 42),
  })),
  "HTTP 429 with a reset in milliseconds": answered(429, (nowMs) => ({
    "x-aircallapi-reset": String(nowMs + 1_500),
  })),
} as const satisfies Record<string, Trouble>;

const TOO_DEEP = {
  errors: "Your query is limited to 10k results and pagination is out of bound, please use other filters.",
};

/** What goes wrong and does not pass by itself. */
export const LASTING_TROUBLES = {
  "certificate authority unknown": broken("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"),
  "certificate expired": broken("CERT_HAS_EXPIRED"),
  "certificate not yet valid": broken("CERT_NOT_YET_VALID"),
  "certificate of another host": broken("ERR_TLS_CERT_ALTNAME_INVALID"),
  "certificate revoked": broken("CERT_REVOKED"),
  "HTTPS to a port for HTTP": broken("ERR_SSL_WRONG_VERSION_NUMBER"),
  "HTTP to a port for HTTPS": answered(400, undefined, "Client sent an HTTP request to an HTTPS server."),
  "another protocol than HTTP": broken("HPE_INVALID_CONSTANT"),
  redirect: answered(302, () => ({ location: "https://login.example.com/?token=none" })),
  "proxy without authentication": broken(
    "UND_ERR_ABORTED",
    "Proxy response (407) !== 200 when HTTP Tunneling",
  ),
  "proxy that refuses the host": broken(
    "UND_ERR_ABORTED",
    "Proxy response (403) !== 200 when HTTP Tunneling",
  ),
  "HTTP 407": answered(407),
  "HTTP 400": answered(400),
  "HTTP 400 for a page too deep": answered(400, undefined, TOO_DEEP),
  "HTTP 401": answered(401),
  "HTTP 403": answered(403),
  "HTTP 404": answered(404),
  "HTTP 410": answered(410),
  "HTTP 422": answered(422),
  "HTTP 429 that asks for two hours": answered(429, () => ({ "retry-after": "7200" })),
  "list of another type": answered(200, undefined, { tags: "none" }),
} as const satisfies Record<string, Trouble>;

const MEGABYTE = new Uint8Array(1024 * 1024).fill(32);

/** The connection breaks, or is never made. */
function broken(code: string, message = "the connection was broken"): Trouble {
  return async () => {
    const cause = Object.assign(new Error(message), { code });
    throw new TypeError("fetch failed", { cause });
  };
}

/** Another answer than the one that was due. */
function answered(
  status: number,
  headers: (nowMs: number) => Record<string, string> = () => ({}),
  body?: unknown,
): Trouble {
  return (request) => {
    const fault = { kind: "status", status, headers: headers(request.clock.now()), body } as const;
    return emulated(fault)(request);
  };
}

/** The emulator itself spoils the answer. */
function emulated(fault: FaultKind): Trouble {
  return async ({ emulator, target, ask }) => {
    const planned = emulator.faults.add({ ...fault, match: target });
    try {
      return await ask();
    } finally {
      planned.remove();
    }
  };
}

/** A stretch of a body, or how long nothing comes. */
type Stretch = Uint8Array | number;

/** The answer that is due, its body in other stretches. */
async function rewritten(
  { ask, clock, signal }: TroubledRequest,
  stretches: (halves: readonly [Uint8Array, Uint8Array]) => readonly Stretch[],
  headers: Record<string, string> = {},
): Promise<Response> {
  const answer = await ask();
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const middle = Math.floor(bytes.length / 2);
  async function* body() {
    for (const stretch of stretches([bytes.subarray(0, middle), bytes.subarray(middle)])) {
      if (typeof stretch === "number") await clock.sleep(stretch, signal);
      else yield stretch.slice();
    }
  }
  const { status } = answer;
  const sent = { ...Object.fromEntries(answer.headers), ...headers };
  return new Response(ReadableStream.from(body()), { status, headers: sent });
}
