import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../shared/ports.ts";
import type { CountName } from "./tally.ts";
import type { End } from "./visit.ts";

/** What the port answers. No header names the software, and no answer is a redirect. */
export interface Answer {
  readonly status: number;
  /** What the request counts as. */
  readonly counted: CountName;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long the rest of a refused request is read and dropped, so that its sender gets to read the answer. */
const LINGER_MS = 1_000;

const json = (value: object) => `${JSON.stringify(value)}\n`;

const refusal = (status: number, counted: CountName, error: string): Answer => ({
  status,
  counted,
  text: json({ error }),
});

/** Aircall sends the event again. https://developer.aircall.io/api-references/#webhook-usage */
const again = (counted: CountName, error: string): Answer => ({
  ...refusal(503, counted, error),
  headers: { "retry-after": "10" },
});

export const ANSWERS = {
  accepted: { status: 200, counted: "accepted", text: json({ accepted: true }) },
  /** Any other status would make Aircall send the event again, and disable the webhook in the end. */
  odd: { status: 200, counted: "odd", text: json({ accepted: false }) },
  health: {
    status: 200,
    counted: "health",
    text: "source-aircall receives events of Aircall at this address.\n",
    headers: { "content-type": "text/plain; charset=utf-8" },
  },
  broken: refusal(400, "malformed", "the request is not complete"),
  unreadable: refusal(401, "malformed", "the body is not a JSON object"),
  wrongToken: refusal(401, "wrongToken", "the token is missing or wrong"),
  unknownPath: refusal(404, "unknownPath", "not found"),
  wrongMethod: {
    ...refusal(405, "wrongMethod", "events are sent with POST"),
    headers: { allow: "GET, HEAD, POST" },
  },
  slow: refusal(408, "slow", "the request took too long"),
  tooLarge: refusal(413, "tooLarge", "the body has more than 1 MiB"),
  tokenUnknown: again("tokenUnknown", "the token of the webhook is not known yet"),
  busy: again("busy", "there are too many requests"),
  late: again("late", "the event is not stored yet"),
  failed: again("failed", "the event could not be stored"),
  closing: again("closing", "the port is being closed"),
} as const satisfies Record<string, Answer>;

/** The answers to requests that end before they have been read. */
export const UNREAD: Readonly<Record<End, Answer>> = {
  time: ANSWERS.slow,
  room: ANSWERS.busy,
  broken: ANSWERS.broken,
  closing: ANSWERS.closing,
};

/** Sends an answer, after which the connection ends: at once with `isLast`, else when the rest of the request has been dropped. */
export function sendAnswer(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
  clock: Pick<Clock, "alarm">,
  isLast: boolean,
): void {
  // A client that goes away before it has read the answer is no error.
  response.on("error", () => {});
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(answer.text),
    connection: "close",
    ...answer.headers,
  });
  if (request.complete || isLast) return void response.end(answer.text);
  // A socket that is closed while bytes arrive is reset, and what was sent through it is lost.
  response.write(answer.text);
  const cancel = clock.alarm(LINGER_MS, () => request.socket.destroy());
  request.socket.once("close", cancel);
  request.once("end", () => response.end()).resume();
}
