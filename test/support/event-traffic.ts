import { setTimeout as later } from "node:timers/promises";
import { type Emulator, startEmulator } from "../../emulator/index.ts";
import { AcceptedMessages } from "./accepted-messages.ts";

/** As many as the emulator sends at the same time. */
const AT_ONCE = 10;

/**
 * An account in real time in which one thing after the other happens, each of which is sent to the webhook at this
 * address of this machine. Dispose of it with `await using`.
 */
export class EventTraffic implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly accepted: AcceptedMessages;
  readonly #happen: (emulator: Emulator) => void;
  readonly #running: Promise<void>;
  #isEnding = false;

  static async start(happen: (emulator: Emulator) => void): Promise<EventTraffic> {
    const size = { calls: 20, days: 10, contacts: 60, users: 3, numbers: 2, teams: 0, tags: 2, webhooks: 0 };
    const clock = { now: () => Date.now() };
    const accepted = new AcceptedMessages();
    const emulator = await startEmulator({
      ...{ clock, limit: null, httpOnThisMachine: true, account: size },
      sendEvent: accepted.sendWith(fetch),
    });
    return new EventTraffic(emulator, accepted, happen);
  }

  private constructor(emulator: Emulator, accepted: AcceptedMessages, happen: (emulator: Emulator) => void) {
    this.emulator = emulator;
    this.accepted = accepted;
    this.#happen = happen;
    this.#running = this.#run();
  }

  /** How many events were answered with 200. */
  get acceptedCount(): number {
    return [...this.emulator.events.record.received.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Resolves when so many more events have been answered with 200. */
  async accepts(count: number): Promise<void> {
    const until = this.acceptedCount + count;
    while (this.acceptedCount < until) await later(2);
  }

  /** Lets nothing more happen. Resolves when all that is under way has been answered. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await this.emulator.close();
  }

  async #run(): Promise<void> {
    const { account, events } = this.emulator;
    while (!this.#isEnding) {
      const isListening = account.webhooks.listed.some(({ active }) => active);
      for (let more = isListening ? AT_ONCE : 0; more > 0; more--) this.#happen(this.emulator);
      await events.deliverDue();
      await later(5);
    }
    await events.deliverDue();
  }
}

/** Sends and receives messages, changes the status of earlier ones, and lets calls and contacts come and change. */
export function bustle(): (emulator: Emulator) => void {
  let count = 0;
  const messages: string[] = [];
  const calls: number[] = [];
  return ({ account }) => {
    count += 1;
    // Not one of those that have just been sent: two changes of one instant have no order.
    const earlier = messages.at(-AT_ONCE);
    if (count % 3 === 0 && earlier) account.messages.updateStatus(earlier, `status ${count}`);
    else if (count % 2 === 0) messages.push(account.messages.send({ body: `Sent ${count}` }));
    else messages.push(account.messages.receive({ body: `Received ${count}` }));
    if (count % 10 === 0) calls.push(account.calls.ring());
    if (count % 15 === 0) account.calls.archive(calls.at(-1) as number);
    if (count % 20 === 0) account.contacts.add();
  };
}
