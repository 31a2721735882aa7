import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

/** The connection of one request, which faults can break. */
export interface Connection {
  readonly isBroken: boolean;
  /** Breaks the connection before the first byte of the answer. */
  reset(): Response;
  /** Sends the head and half of the body, then breaks the connection. */
  cut(answer: Response): Promise<Response>;
}

/** A request arrives over a socket, or over a connection within the process. */
export type Bindings = HttpBindings | { connection: InProcessConnection };

export function connectionOf(bindings: Bindings): Connection {
  return "connection" in bindings ? bindings.connection : new SocketConnection(bindings);
}

class SocketConnection implements Connection {
  readonly #http: HttpBindings;

  constructor(http: HttpBindings) {
    this.#http = http;
  }

  get isBroken(): boolean {
    return this.#http.incoming.socket.destroyed;
  }

  reset(): Response {
    this.#http.incoming.socket.resetAndDestroy();
    return RESPONSE_ALREADY_SENT;
  }

  async cut(answer: Response): Promise<Response> {
    const body = await bytesOf(answer);
    const { outgoing, incoming } = this.#http;
    outgoing.writeHead(answer.status, { "content-type": "application/json", "content-length": body.length });
    await new Promise<void>((written) => {
      outgoing.write(firstHalf(body), () => written());
    });
    incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
}

export class InProcessConnection implements Connection {
  isBroken = false;
  /** Whether the connection broke before the first byte of the answer. */
  wasReset = false;

  reset(): Response {
    this.isBroken = true;
    this.wasReset = true;
    return Response.error();
  }

  async cut(answer: Response): Promise<Response> {
    const half = firstHalf(await bytesOf(answer));
    this.isBroken = true;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(half),
      pull: (controller) =>
        controller.error(new TypeError("terminated", { cause: broken("UND_ERR_SOCKET") })),
    });
    return new Response(body, { status: answer.status, headers: answer.headers });
  }
}

/** A `fetch` that works without a socket. It fails in the same way as the real `fetch` over a broken socket. */
export function fetchInProcess(
  serve: (request: Request, bindings: Bindings) => Response | Promise<Response>,
  closing: AbortSignal,
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const connection = new InProcessConnection();
    request.signal.throwIfAborted();
    if (closing.aborted) throw new TypeError("fetch failed", { cause: broken("ECONNREFUSED") });
    const answer = await orAborted(serve(request, { connection }), request.signal);
    if (connection.wasReset || closing.aborted)
      throw new TypeError("fetch failed", { cause: broken("ECONNRESET") });
    return answer;
  };
}

function orAborted<Value>(work: Value | Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    // What serves the request may itself have aborted it by now.
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}

function broken(code: string): Error {
  return Object.assign(new Error("the connection was broken"), { code });
}

async function bytesOf(answer: Response): Promise<Uint8Array> {
  return new Uint8Array(await answer.arrayBuffer());
}

function firstHalf(body: Uint8Array): Uint8Array {
  return body.subarray(0, Math.floor(body.length / 2));
}
