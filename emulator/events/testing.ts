import type { EmulatorOptions } from "../index.ts";
import { EMPTY, open, type Session } from "../testing.ts";

const RECEIVER_URL = "https://receiver.example.test/events";

/** An event as it was received. */
export interface ReceivedEvent {
  readonly event: string;
  readonly resource: string;
  readonly timestamp: number;
  readonly token: string;
  readonly data: { readonly id: number | string; readonly [field: string]: unknown };
  readonly body: string;
  readonly headers: Headers;
  /** By the clock of the emulator. */
  readonly atMs: number;
}

export interface ReceivingSession extends Session {
  readonly webhookId: number;
  /** In the order in which they arrived, those included that were refused. */
  readonly received: ReceivedEvent[];
  /** The names of the received events, of one object or of all. */
  names(id?: number | string): string[];
  /** Moves the clock, and sends what is due by then. */
  pass(durationMs: number): Promise<void>;
  /** Sets the answers of the receiver. */
  answerWith(answer: (received: ReceivedEvent) => Response | Promise<Response>): void;
}

const accepted = () => new Response(null, { status: 200 });

/** Opens an account, empty unless it has sizes, with one webhook for all events and a receiver in this process. */
export async function openReceiver(options: Partial<EmulatorOptions> = {}): Promise<ReceivingSession> {
  const received: ReceivedEvent[] = [];
  let answer: (received: ReceivedEvent) => Response | Promise<Response> = accepted;
  const sendEvent: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const body = await request.text();
    const event = { ...JSON.parse(body), body, headers: request.headers, atMs: session.clock.now() };
    received.push(event);
    return answer(event);
  };
  const session = await open({ sendEvent, ...options, account: { ...EMPTY, ...options.account } });
  const { emulator, clock, write } = session;
  const created = await write("POST", "/v1/webhooks", { url: RECEIVER_URL });
  return {
    ...session,
    webhookId: (created.body.webhook as { id: number }).id,
    received,
    names: (id) =>
      received.filter(({ data }) => id === undefined || data.id === id).map(({ event }) => event),
    pass: (durationMs) => {
      clock.advance(durationMs);
      return emulator.events.deliverDue();
    },
    answerWith: (next) => {
      answer = next;
    },
  };
}
