import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../../shared/ports.ts";
import { UNREAD } from "./answers.ts";
import type { Tally } from "./tally.ts";
import { type End, Visit } from "./visit.ts";

/**
 * Aircall waits for five seconds. A request is answered within four, and a little earlier for the way of its answer.
 * https://developer.aircall.io/api-references/#webhook-usage
 */
export const ANSWER_AFTER_MS = 3_900;

/** How many connections may be open whose requests have not shown the token. Each takes some 20 KiB. */
const MOST_UNPROVEN = 200;

/** How many requests may follow the one of a connection. None of them is served, and each takes memory. */
const MOST_FOLLOWERS = 10;

/**
 * The open connections. Each has one request, and its answer within four seconds of its opening. Where more than
 * 200 have not shown the token, the oldest of them are closed.
 */
export class Connections {
  readonly #clock: Pick<Clock, "alarm">;
  readonly #tally: Tally;
  readonly #visits = new Map<Duplex, Visit>();
  /** The oldest first. */
  readonly #unproven = new Set<Duplex>();

  constructor(clock: Pick<Clock, "alarm">, tally: Tally) {
    this.#clock = clock;
    this.#tally = tally;
  }

  open(socket: Socket): void {
    const visit = new Visit();
    this.#visits.set(socket, visit);
    this.#unproven.add(socket);
    const cancel = this.#clock.alarm(ANSWER_AFTER_MS, () => this.#end(socket, visit, "time"));
    socket.once("close", () => {
      this.#visits.delete(socket);
      this.#unproven.delete(socket);
      // What is being served goes on: an event is not lost with its connection.
      if (visit.request === undefined || visit.isAnswered) cancel();
    });
    this.#makeRoom();
  }

  /** The visit of a request; `undefined` if the request follows another one on its connection. */
  serve(request: IncomingMessage): Visit | undefined {
    const visit = this.#visits.get(request.socket);
    if (visit === undefined) return undefined;
    if (visit.request === undefined) {
      visit.request = request;
      return visit;
    }
    visit.followers += 1;
    if (visit.followers > MOST_FOLLOWERS) request.socket.destroy();
    return undefined;
  }

  /** The request has shown the token: its connection is not closed to make room. */
  prove(socket: Duplex): void {
    this.#unproven.delete(socket);
  }

  /** What has arrived is not HTTP. Whatever follows a whole request does not matter. */
  refuse(socket: Duplex): void {
    const visit = this.#visits.get(socket);
    if (visit !== undefined && !visit.request?.complete) this.#end(socket, visit, "broken");
  }

  /** Ends every request. */
  close(): void {
    for (const [socket, visit] of this.#visits) this.#end(socket, visit, "closing");
  }

  #makeRoom(): void {
    for (const socket of this.#unproven) {
      if (this.#unproven.size <= MOST_UNPROVEN) return;
      this.#unproven.delete(socket);
      const visit = this.#visits.get(socket);
      if (visit === undefined) continue;
      this.#end(socket, visit, "room");
      // An answer to be waited for would take the room again.
      if (visit.request !== undefined) socket.destroy();
    }
  }

  #end(socket: Duplex, visit: Visit, reason: End): void {
    if (visit.isAnswered) socket.destroy();
    else if (visit.request !== undefined) visit.end(reason);
    else this.#refuseUnread(socket, visit, reason);
  }

  /** HTTP has no response to a request whose headers have not been read. */
  #refuseUnread(socket: Duplex, visit: Visit, reason: End): void {
    visit.isAnswered = true;
    if (!socket.writable) return void socket.destroy();
    const { status, counted } = UNREAD[reason];
    this.#tally.count(counted);
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
    socket.end(head, () => socket.destroy());
  }
}
