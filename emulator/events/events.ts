import type { Account } from "../account/account.ts";
import type { Change } from "../account/changes.ts";
import type { Webhook } from "../account/directory.ts";
import { systemClock } from "../clock.ts";
import type { ResolvedOptions } from "../options.ts";
import { hashText } from "../random.ts";
import { Agenda } from "./agenda.ts";
import { familiesOf } from "./families/index.ts";
import type { Happening } from "./happening.ts";
import { dueTimesMs } from "./mishaps.ts";
import { Notice } from "./notice.ts";
import type { EventOptions } from "./options.ts";
import { Outbox, type Sending } from "./outbox.ts";
import { isOnThisMachine } from "./post.ts";
import { EventRecord } from "./record.ts";

/** How often events are sent with the system clock. */
const TICK_MS = 250;

/** A clock that jumps is followed in such steps, so that not all of a day waits at once. */
const STEP_MS = 3_600_000;
const FEW_WAITING = 1_000;

/** Announces what happens to the account to its active webhooks. Without one of them, nothing is worked out. */
export class Events {
  readonly record = new EventRecord();
  /** Tests may change it at any time. */
  readonly options: EventOptions;
  readonly #account: Account;
  readonly #seed: number;
  readonly #sending: Sending;
  readonly #sendsAnywhere: boolean;
  readonly #agenda: Agenda;
  readonly #outboxes = new Map<number, Outbox>();
  readonly #closing = new AbortController();
  /** All that happened up to this instant has been announced. */
  #announcedUntilMs: number;

  constructor(account: Account, options: ResolvedOptions) {
    const { clock, sendEvent, signedUrlSeconds } = options;
    this.options = options.events;
    this.#account = account;
    this.#seed = hashText(options.seed);
    this.#sendsAnywhere = sendEvent !== null;
    this.#sending = {
      clock,
      options: this.options,
      send: sendEvent ?? fetch,
      record: this.record,
      closing: this.#closing.signal,
    };
    this.#agenda = new Agenda(familiesOf({ account, options: this.options, signedUrlSeconds }));
    this.#announcedUntilMs = clock.now();
    account.changes.watch({
      before: () => this.#announceUntil(clock.now()),
      after: (change) => this.#follow(change),
    });
    if (clock === systemClock) this.#sendByTheClock();
  }

  /** Sends all that is due by the clock. Resolves when each receiver has answered, or has had its time to. */
  async deliverDue(): Promise<void> {
    const untilMs = this.#sending.clock.now();
    while (this.#announcedUntilMs < untilMs && this.#targets().length > 0) {
      this.#announceUntil(Math.min(untilMs, this.#announcedUntilMs + STEP_MS));
      for (const outbox of this.#outboxes.values()) outbox.sendDue();
      for (const outbox of this.#outboxes.values()) await outbox.settled(FEW_WAITING);
    }
    this.#announceUntil(untilMs);
    for (const outbox of this.#outboxes.values()) outbox.sendDue();
    for (const outbox of this.#outboxes.values()) await outbox.settled();
  }

  /** Ends all sending. */
  close(): void {
    this.#closing.abort();
  }

  #sendByTheClock(): void {
    const timer = setInterval(() => void this.deliverDue(), TICK_MS);
    timer.unref();
    this.#closing.signal.addEventListener("abort", () => clearInterval(timer));
  }

  #announceUntil(untilMs: number): void {
    if (untilMs <= this.#announcedUntilMs) return;
    const afterMs = this.#announcedUntilMs;
    this.#announcedUntilMs = untilMs;
    const targets = this.#targets();
    if (targets.length === 0) this.#agenda.clear();
    else for (const happening of this.#agenda.between(afterMs, untilMs)) this.#announce(happening, targets);
  }

  #follow(change: Change): void {
    if (change.of === "webhook" && change.what === "removed") this.#forget(change.item);
    const targets = this.#targets();
    if (targets.length === 0) return;
    for (const happening of this.#agenda.change(change, this.#sending.clock.now()))
      this.#announce(happening, targets);
  }

  #announce(happening: Happening, targets: readonly Target[]): void {
    const notice = new Notice(happening);
    for (const { webhook, outbox } of targets) {
      if (!webhook.events.includes(happening.event)) continue;
      const dueMs = dueTimesMs(happening, webhook.id, this.#seed, this.options);
      if (dueMs.length === 0) this.record.omit("loss");
      for (const atMs of dueMs) outbox.add(notice, atMs);
    }
  }

  /** The webhooks to which what happens now is announced. */
  #targets(): Target[] {
    return this.#account.webhooks.listed.flatMap((webhook) => {
      if (!this.#sendsAnywhere && !isOnThisMachine(webhook.url)) return [];
      const outbox = this.#outboxes.get(webhook.id) ?? new Outbox(webhook, this.#sending);
      this.#outboxes.set(webhook.id, outbox);
      return outbox.isOpen ? [{ webhook, outbox }] : [];
    });
  }

  #forget({ id }: Webhook): void {
    this.#outboxes.get(id)?.discard();
    this.#outboxes.delete(id);
  }
}

interface Target {
  readonly webhook: Webhook;
  readonly outbox: Outbox;
}
