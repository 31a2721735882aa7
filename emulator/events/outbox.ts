import type { Webhook } from "../account/directory.ts";
import type { EmulatorClock } from "../clock.ts";
import { Heap } from "./heap.ts";
import { spanAt } from "./mishaps.ts";
import type { Notice } from "./notice.ts";
import type { EventOptions } from "./options.ts";
import { isSuccess, post } from "./post.ts";
import type { EventRecord } from "./record.ts";
import { RETRIED_FOR_MS, waitAfterMs } from "./retries.ts";

/** How many events are sent to one webhook at the same time. */
const SENT_AT_ONCE = 10;

/** How many events wait for one webhook. More would take too much memory, so that the newest are dropped. */
const MOST_WAITING = 100_000;

interface Delivery {
  readonly notice: Notice;
  readonly dueMs: number;
  /** The attempts so far, all of which failed. */
  readonly attempts: number;
  /** What is due at the same instant is sent in the order in which it happened. */
  readonly sequence: number;
}

/** What all outboxes share. */
export interface Sending {
  readonly clock: EmulatorClock;
  readonly options: EventOptions;
  readonly send: typeof fetch;
  readonly record: EventRecord;
  readonly closing: AbortSignal;
}

/** The events for one webhook, from when they happen until they are received or given up. */
export class Outbox {
  readonly #webhook: Webhook;
  readonly #sending: Sending;
  readonly #waiting = new Heap<Delivery>(
    (left, right) =>
      left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.sequence < right.sequence),
  );
  #sequence = 0;
  /** What waits for the webhook to be enabled again. */
  #held: Delivery[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #failuresInARow = 0;
  /** Whether failures disabled the webhook, as opposed to a request. */
  #wasDisabled = false;

  constructor(webhook: Webhook, sending: Sending) {
    this.#webhook = webhook;
    this.#sending = sending;
  }

  /** Whether events that happen now are for the webhook. */
  get isOpen(): boolean {
    const { whileDisabled } = this.#sending.options;
    return this.#webhook.active || (this.#isDisabled && whileDisabled === "queued");
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  add(notice: Notice, dueMs: number): void {
    if (this.#waiting.size + this.#held.length >= MOST_WAITING) this.#sending.record.omit("overflow");
    else this.#waiting.add({ notice, dueMs, attempts: 0, sequence: this.#sequence++ });
  }

  /** Sends what is due, as far as there is room. What has no room is sent as soon as there is some. */
  sendDue(): void {
    if (this.#webhook.active && this.#wasDisabled) this.#enable();
    const isSwitchedOff = !this.#webhook.active && !this.#wasDisabled;
    if (isSwitchedOff || this.#sending.closing.aborted) return;
    while (this.#underWay.size < SENT_AT_ONCE) {
      const delivery = this.#takeDue();
      if (delivery === undefined) return;
      const sending: Promise<void> = this.#send(delivery).finally(() => {
        this.#underWay.delete(sending);
        this.sendDue();
      });
      this.#underWay.add(sending);
    }
  }

  /** Gives up what waits, since the webhook has been removed. */
  discard(): void {
    this.#waiting.clear();
    this.#held = [];
  }

  /** Waits until all that was due is answered, or until so few events wait. */
  async settled(fewWaiting = 0): Promise<void> {
    for (const sending of this.#underWay) {
      if (fewWaiting > 0 && this.#waiting.size <= fewWaiting) return;
      await sending;
    }
  }

  get #isDisabled(): boolean {
    return this.#wasDisabled && !this.#webhook.active;
  }

  #takeDue(): Delivery | undefined {
    const nowMs = this.#sending.clock.now();
    for (let next = this.#waiting.first; next && next.dueMs <= nowMs; next = this.#waiting.first) {
      this.#waiting.take();
      if (!this.#isWithheld(next)) return next;
    }
    return undefined;
  }

  /** Whether a due event is not sent now: because it is lost, or because it has to wait. */
  #isWithheld(delivery: Delivery): boolean {
    const { options, record } = this.#sending;
    const outage = spanAt(options.outages, delivery.dueMs);
    if (outage !== undefined && delivery.attempts > 0) {
      this.#waiting.add({ ...delivery, dueMs: outage.untilMs });
      return true;
    }
    const isNewWhileDisabled = this.#isDisabled && delivery.attempts === 0;
    if (outage === undefined && !isNewWhileDisabled) return false;
    if (outage === undefined && options.whileDisabled === "queued") this.#held.push(delivery);
    else record.omit(outage === undefined ? "disabled" : "outage");
    return true;
  }

  async #send(delivery: Delivery): Promise<void> {
    const { clock, options, send, record, closing } = this.#sending;
    const { happening } = delivery.notice;
    const { url, token } = this.#webhook;
    const atMs = clock.now();
    const isRebuilt = options.retryTimestamp === "rebuilt" && delivery.attempts > 0;
    const body = delivery.notice.body(token, isRebuilt ? atMs : happening.atMs);
    const status = await post(send, url, body, { timeoutMs: options.timeoutMs, closing });
    if (closing.aborted) return;
    const { event, id, atMs: happenedAtMs } = happening;
    const isReceived = isSuccess(status);
    record.add({ event, id, happenedAtMs, url, attempt: delivery.attempts + 1, status, atMs }, isReceived);
    if (isReceived) this.#enable();
    else this.#retry({ ...delivery, attempts: delivery.attempts + 1 });
  }

  #enable(): void {
    this.#failuresInARow = 0;
    if (!this.#wasDisabled) return;
    this.#wasDisabled = false;
    this.#webhook.active = true;
    const oldestMs = this.#sending.clock.now() - RETRIED_FOR_MS;
    for (const held of this.#held) {
      if (held.notice.happening.atMs >= oldestMs) this.#waiting.add(held);
      else this.#sending.record.omit("disabled");
    }
    this.#held = [];
  }

  #retry(delivery: Delivery): void {
    const { clock, options, record } = this.#sending;
    this.#failuresInARow++;
    if (this.#failuresInARow >= options.attempts && this.#webhook.active) {
      this.#webhook.active = false;
      this.#wasDisabled = true;
    }
    const dueMs = clock.now() + waitAfterMs(delivery.attempts, options);
    const isTooOld = dueMs > delivery.notice.happening.atMs + RETRIED_FOR_MS;
    if (isTooOld || (delivery.attempts >= options.attempts && !this.#isDisabled)) record.omit("abandoned");
    else this.#waiting.add({ ...delivery, dueMs });
  }
}
