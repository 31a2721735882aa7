import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";
import type { Envelope } from "../../src/events/port/envelope.ts";
import { EventReceiver, type ReceiverOptions } from "../../src/events/port/receiver.ts";
import type { LogFields } from "../../src/shared/ports.ts";
import { TestClock } from "../support/clock.ts";

export const PATH = "/aircall/0123456789abcdef";
export const TOKEN = "0123456789abcdef0123456789abcdef";

export const bodyOf = (fields: object = {}): string =>
  JSON.stringify({
    ...{ resource: "call", event: "call.ended", timestamp: 1_790_000_000, token: TOKEN, data: { id: 1 } },
    ...fields,
  });

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** An open port on a moved clock, and what it took in. Dispose of it with `await using`. */
export class Port implements AsyncDisposable {
  readonly clock = new TestClock();
  readonly accepted: Envelope[] = [];
  readonly lines: Line[] = [];
  #receiver: EventReceiver | undefined;

  static async open(options: Partial<ReceiverOptions> = {}): Promise<Port> {
    const port = new Port();
    const accept = async (envelope: Envelope) => {
      port.accepted.push(envelope);
    };
    const at =
      (level: string) =>
      (message: string, fields: LogFields = {}) =>
        void port.lines.push({ level, message, fields });
    const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
    port.#receiver = await EventReceiver.listen({
      ...{ host: "127.0.0.1", port: 0, path: PATH, isToken: (token) => token === TOKEN, accept },
      ...{ ports: { clock: port.clock, log }, ...options },
    });
    return port;
  }

  get receiver(): EventReceiver {
    if (!this.#receiver) throw new Error("the port is not open");
    return this.#receiver;
  }

  send(fields: Partial<Sent> = {}): Promise<Received> {
    return send(this.receiver.port, fields);
  }

  /** Opens a connection and sends bytes; `text` resolves with all that came back, when the connection has ended. */
  dial(bytes: string | Uint8Array = ""): Dialled {
    return new Dialled(this.receiver.port, bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver.close();
  }
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string | Uint8Array;
  readonly headers: Record<string, string>;
}

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request over a connection of its own. */
export async function send(port: number, sent: Partial<Sent> = {}): Promise<Received> {
  const { method = "POST", path = PATH, body = bodyOf(), headers = {} } = sent;
  const options = { host: "127.0.0.1", port, method, path, headers, agent: false as const };
  return new Promise((resolve, reject) => {
    const sending = request(options, async (response) => {
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    sending.on("error", reject);
    sending.end(method === "POST" ? body : undefined);
  });
}

export class Dialled {
  readonly socket: Socket;
  /** What came back, as far as it came before the connection was reset. */
  readonly text: Promise<string>;
  readonly connected: Promise<unknown>;

  constructor(port: number, bytes: string | Uint8Array) {
    this.socket = connect(port, "127.0.0.1");
    let text = "";
    this.socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
    });
    this.socket.on("error", () => {});
    this.connected = once(this.socket, "connect").catch(() => {});
    this.text = new Promise((resolve) => this.socket.once("close", () => resolve(text)));
    if (bytes.length > 0) this.socket.write(bytes);
  }
}

/** A request as text. */
export const requestText = (body: string, head = `POST ${PATH} HTTP/1.1\r\nhost: x\r\n`): string =>
  `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

export const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

/** Waits until something holds, which sockets of the test bring about. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
