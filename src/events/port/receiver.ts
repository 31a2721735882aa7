import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { ConfigError } from "../../errors.ts";
import type { Ports } from "../../shared/ports.ts";
import { lastSegment } from "../address.ts";
import { isSameText } from "../same-text.ts";
import { ANSWERS, type Answer, sendAnswer } from "./answers.ts";
import { Body, BodyRoom, LARGEST_BODY_BYTES, readBody } from "./body.ts";
import { ANSWER_AFTER_MS, Connections } from "./connections.ts";
import { type Envelope, readDelivery } from "./envelope.ts";
import { type Counts, Tally } from "./tally.ts";
import { Visit } from "./visit.ts";

export interface ReceiverOptions {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  /** Where Aircall sends events, such as `/aircall/3f9a`. A gateway may strip all but the last segment. */
  readonly path: string;
  /** Whether a token is that of our webhook; `unknown` as long as that is not known. MUST compare in constant time. */
  readonly isToken: (token: string) => boolean | "unknown";
  /** Resolves when the event is durable. */
  readonly accept: (envelope: Envelope) => Promise<void>;
  readonly ports: Pick<Ports, "clock" | "log">;
}

/** A request in its parts. */
interface EventRequest {
  readonly method: string;
  /** The path, and a query if there is one. */
  readonly target: string;
  /** What the headers say that the body has; NaN or 0 if they do not. */
  readonly statedBytes: number;
  /** Called at most once, when all else is right. */
  readonly body: () => Readable;
  readonly prove: () => void;
}

/** All connections, those whose events are being stored included. Further ones are closed without an answer. */
const MOST_CONNECTIONS = 2_000;

/** How many connections the system holds until they are accepted. */
const BACKLOG_CONNECTIONS = 4_096;

const LARGEST_HEADERS_BYTES = 16 * 1_024;

/** A field is reported once while the process lives, and each takes memory. */
const MOST_FIELDS_REPORTED = 100;

const CLOSED_WITHIN_MS = 1_000;

/**
 * The port to which Aircall sends events. A request costs no more work than it has proven to be worth: first its path,
 * then its size, then its token. It is answered within four seconds, and with 200 only if its event is durable; after
 * any other answer Aircall sends the event again. https://developer.aircall.io/api-references/#webhook-usage
 */
export class EventReceiver {
  readonly #options: ReceiverOptions;
  readonly #tally: Tally;
  readonly #connections: Connections;
  readonly #room = new BodyRoom();
  readonly #server: Server;
  /** Those that have been reported. */
  readonly #inexactFields = new Set<string>();
  #isClosing = false;

  /** Throws a `ConfigError` if the port cannot be opened. */
  static async listen(options: ReceiverOptions): Promise<EventReceiver> {
    const receiver = new EventReceiver(options);
    await receiver.#listen();
    return receiver;
  }

  private constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#tally = new Tally(options.ports);
    this.#connections = new Connections(options.ports.clock, this.#tally);
    const serve = (request: IncomingMessage, response: ServerResponse) =>
      void this.#serve(request, response, () => {});
    // A request without a host is answered as any other.
    this.#server = createServer({ requireHostHeader: false, maxHeaderSize: LARGEST_HEADERS_BYTES })
      .on("connection", (socket) => this.#connections.open(socket))
      .on("request", serve)
      .on("checkContinue", (request, response) => {
        void this.#serve(request, response, () => response.writeContinue());
      })
      .on("checkExpectation", serve)
      .on("clientError", (_, socket) => this.#connections.refuse(socket))
      .on("drop", () => this.#tally.count("busy"));
    this.#server.maxConnections = MOST_CONNECTIONS;
    // A client may end its half of the connection after its request, and still reads the answer.
    Object.assign(this.#server, { httpAllowHalfOpen: true });
  }

  /** The port that is open. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What became of all requests so far. */
  get counts(): Counts {
    return this.#tally.counts;
  }

  /** Serves a request that comes by another way than the port. */
  async receive(request: { method: string; path: string; body: string }): Promise<Answer> {
    const visit = new Visit();
    const cancel = this.#options.ports.clock.alarm(ANSWER_AFTER_MS, () => visit.end("time"));
    const { method, path: target, body } = request;
    const stream = () => Readable.from([Buffer.from(body)], { objectMode: false });
    const parts = { method, target, statedBytes: Buffer.byteLength(body), body: stream, prove: () => {} };
    const answer = await this.#answerTo(parts, visit);
    cancel();
    return answer;
  }

  /** Answers what is under way with 503, and ends within a second. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#connections.close();
    const cancel = this.#options.ports.clock.alarm(CLOSED_WITHIN_MS, () =>
      this.#server.closeAllConnections(),
    );
    await closed;
    cancel();
    this.#tally.report();
  }

  async #listen(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(cannotListen(error, host, port)));
      this.#server.listen({ host, port, backlog: BACKLOG_CONNECTIONS }, resolve);
    });
    // The system has no room for another connection. Those that are open go on.
    this.#server.removeAllListeners("error").on("error", () => this.#tally.count("busy"));
  }

  /** `invite` asks a client for the body that waits for it. */
  async #serve(request: IncomingMessage, response: ServerResponse, invite: () => void): Promise<void> {
    const { socket, method = "", url: target = "" } = request;
    const visit = this.#connections.serve(request);
    // The connection closes after its first answer, which tells the client that no other was served.
    if (visit === undefined) return;
    const body = () => {
      invite();
      return request;
    };
    const prove = () => this.#connections.prove(socket);
    const statedBytes = Number(request.headers["content-length"]);
    const answer = await this.#answerTo({ method, target, statedBytes, body, prove }, visit);
    visit.isAnswered = true;
    if (socket.destroyed) return;
    // What is broken has no end to wait for.
    const isLast = this.#isClosing || answer === ANSWERS.broken;
    sendAnswer(answer, request, response, this.#options.ports.clock, isLast);
  }

  async #answerTo(request: EventRequest, visit: Visit): Promise<Answer> {
    const answer = this.#earlyAnswer(request) ?? (await this.#answerToBody(request, visit));
    this.#tally.count(answer.counted);
    return answer;
  }

  /** What needs no body. */
  #earlyAnswer({ method, target, statedBytes }: EventRequest): Answer | undefined {
    const [path = ""] = target.split("?", 1);
    if (!isSameText(lastSegment(path), lastSegment(this.#options.path))) return ANSWERS.unknownPath;
    if (method === "GET" || method === "HEAD") return ANSWERS.health;
    if (method !== "POST") return ANSWERS.wrongMethod;
    return statedBytes > LARGEST_BODY_BYTES ? ANSWERS.tooLarge : undefined;
  }

  async #answerToBody(request: EventRequest, visit: Visit): Promise<Answer> {
    const body = await readBody(request.body(), this.#room, visit.ended);
    if (!(body instanceof Body)) return body;
    const envelope = this.#authenticated(body.text());
    if ("status" in envelope) {
      body.release();
      return envelope;
    }
    request.prove();
    this.#reportInexact(envelope);
    const stored = this.#options.accept(envelope).then(
      () => ANSWERS.accepted,
      () => ANSWERS.failed,
    );
    // An event that is late is still being stored.
    stored.then(() => body.release());
    const ended = visit.ended.then((end) => (end === "closing" ? ANSWERS.closing : ANSWERS.late));
    return Promise.race([stored, ended]);
  }

  /** The event in a body that has our token, or the answer to any other. */
  #authenticated(text: string): Envelope | Answer {
    const delivery = readDelivery(text);
    if (delivery === undefined) return ANSWERS.unreadable;
    if (delivery.token === undefined) return ANSWERS.wrongToken;
    const isOurs = this.#options.isToken(delivery.token);
    if (isOurs === "unknown") return ANSWERS.tokenUnknown;
    return isOurs ? (delivery.envelope() ?? ANSWERS.odd) : ANSWERS.wrongToken;
  }

  #reportInexact({ event, inexactFields }: Envelope): void {
    for (const field of inexactFields) {
      if (this.#inexactFields.has(field) || this.#inexactFields.size >= MOST_FIELDS_REPORTED) continue;
      this.#inexactFields.add(field);
      this.#options.ports.log.warn(
        `The field "${field}" of ${event} has a number that a 64-bit float cannot hold exactly. It is captured as the nearest such number, or as null beyond the largest.`,
      );
    }
  }
}

function cannotListen({ code }: NodeJS.ErrnoException, host: string, port: number): ConfigError {
  if (code === "EADDRINUSE")
    return new ConfigError(
      `Port ${port}, at which events are received, is in use. Set AIRCALL_EVENTS_PORT to a free port, or stop the program that uses it.`,
    );
  if (code === "EACCES" || code === "EPERM")
    return new ConfigError(
      `The system does not permit to open port ${port}, at which events are received. Set AIRCALL_EVENTS_PORT to a port from 1024 on.`,
    );
  return new ConfigError(
    `Port ${port} at ${host}, at which events are received, cannot be opened (${code}). Correct AIRCALL_EVENTS_PORT and AIRCALL_EVENTS_HOST.`,
  );
}
