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

export const accepted = () => new Response(null, { status: 200 });
export const refused = () => new Response(null, { status: 500 });

/** Opens an account, empty unless it has sizes, with one webhook for all events and a receiver in this process. */
export async function openReceiver(options: Partial<EmulatorOptions> = {}): Promise<ReceivingSession> {
  const received: ReceivedEvent[] = [];
  let answer: (received: ReceivedEvent) => Response | Promise<Response> = accepted;
  const sendEvent: typeof fetch = async (_, init) => {
    const body = String(init?.body);
    const headers = new Headers(init?.headers);
    const event = { ...JSON.parse(body), body, headers, atMs: session.clock.now() };
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

/** Opens an account in which nothing happens unless a test makes it happen. */
export async function openQuietReceiver(options: Partial<EmulatorOptions> = {}) {
  const session = await openReceiver(options);
  const { contacts, webhooks } = session.emulator.account;
  return {
    ...session,
    contacts,
    webhooks,
    webhook: () => webhooks.find(session.webhookId),
    /** Makes something happen, and returns the ID of the object to which it happens. */
    happen: () => contacts.add(),
  };
}
