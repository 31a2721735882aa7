import type { EmulatorClock } from "../clock.ts";
import { Random } from "../random.ts";
import type { Changes } from "./changes.ts";
import { type DayCalls, startOf, zoneOf } from "./day-calls.ts";
import {
  createdAtMs,
  generateMessage,
  type MessageIngredients,
  type MessageLife,
  messageEvent,
  messageId,
} from "./message-life.ts";
import { daysBetween } from "./seeded-calls.ts";
import { dayOf, SECONDS_PER_DAY } from "./time.ts";

export interface MessagesOptions {
  clock: EmulatorClock;
  /** Seeded messages that started more than this many days ago do not exist. */
  days: number;
}

type MessageProperties = Partial<Omit<MessageLife, "id" | "direction" | "statuses">>;

/** The text messages of the account: seeded messages, and those that tests add. */
export class Messages {
  readonly #starts: DayCalls;
  readonly #ingredients: MessageIngredients;
  readonly #options: MessagesOptions;
  readonly #changes: Changes;
  readonly #made = new Map<string, MessageLife>();

  /** @param starts when seeded messages are sent and received. */
  constructor(starts: DayCalls, ingredients: MessageIngredients, options: MessagesOptions, changes: Changes) {
    this.#starts = starts;
    this.#ingredients = ingredients;
    this.#options = options;
    this.#changes = changes;
  }

  get #nowMs(): number {
    return this.#options.clock.now();
  }

  /** All messages that exist now, oldest first. */
  get listed(): MessageLife[] {
    const nowSeconds = Math.floor(this.#nowMs / 1_000);
    const seeded = this.seededWithin(nowSeconds - this.#options.days * SECONDS_PER_DAY, nowSeconds);
    return [...seeded, ...this.made]
      .filter((message) => createdAtMs(message) <= this.#nowMs)
      .sort((left, right) => createdAtMs(left) - createdAtMs(right));
  }

  /** The messages that tests added. */
  get made(): Iterable<MessageLife> {
    return this.#made.values();
  }

  /** Finds a message that a test added. */
  find(id: string): MessageLife | undefined {
    return this.#made.get(id);
  }

  /** Adds a message that a line sends now, and returns its ID. */
  send(properties: MessageProperties = {}): string {
    return this.#add("outbound", "sent", properties);
  }

  /** Adds a message that a line receives now, and returns its ID. */
  receive(properties: MessageProperties = {}): string {
    return this.#add("inbound", "received", properties);
  }

  /** Changes the status of a message that a test added. */
  updateStatus(id: string, status: string): void {
    const message = this.#made.get(id);
    if (message === undefined) throw new RangeError(`no test added a message with id ${id}`);
    this.#keep({ ...message, statuses: [...message.statuses, { status, atMs: this.#nowMs }] });
  }

  /** The seeded messages of the seconds in `(afterSeconds, untilSeconds]`. */
  *seededWithin(afterSeconds: number, untilSeconds: number): Generator<MessageLife> {
    for (const day of daysBetween(afterSeconds, untilSeconds)) {
      for (const [index, packed] of this.#starts.of(day).entries()) {
        const startedAt = startOf(day, packed);
        if (startedAt <= afterSeconds || startedAt > untilSeconds) continue;
        yield generateMessage({ day, index, startedAt, zoneIndex: zoneOf(packed) }, this.#ingredients);
      }
    }
  }

  #add(direction: MessageLife["direction"], status: string, properties: MessageProperties): string {
    const atMs = this.#nowMs;
    const startedAt = Math.floor(atMs / 1_000);
    const index = -1 - this.#made.size;
    const origin = { day: dayOf(startedAt), index, startedAt, zoneIndex: 0 };
    const generated = { ...generateMessage(origin, this.#ingredients), channel: null, group: null };
    const random = new Random(this.#ingredients.seed, index);
    const id = messageId(random, Boolean(properties.group));
    this.#keep({ ...generated, ...properties, id, direction, statuses: [{ status, atMs }] });
    return id;
  }

  #keep(message: MessageLife): void {
    this.#changes.before();
    this.#made.set(message.id, message);
    const event = messageEvent(message, message.statuses.length - 1);
    this.#changes.after({ of: "message", id: message.id, event });
  }
}
