import type { Webhook } from "../../aircall/index.ts";
import { RequestInvalid } from "../../errors.ts";
import type { Ports } from "../../shared/ports.ts";

/** Aircall may accept a name some day: with an add-on that the company buys, or a later version of the API. */
const REFUSED_FOR_MS = 24 * 3_600_000;

/** Gives the webhook exactly these events. Throws `RequestInvalid` if Aircall refuses one of them. */
export type WriteWebhook = (events: readonly string[]) => Promise<Webhook>;

/** Which of the wanted events Aircall accepts. It refuses a whole request because of one name, without naming it. */
export class AcceptedEvents {
  readonly #families: readonly (readonly string[])[];
  readonly #ports: Pick<Ports, "clock" | "log">;
  readonly #refusedUntilMs = new Map<string, number>();
  readonly #reported = new Set<string>();

  constructor(families: readonly (readonly string[])[], ports: Pick<Ports, "clock" | "log">) {
    this.#families = families;
    this.#ports = ports;
  }

  /** Every wanted name that has not been refused within the last day. */
  get wanted(): string[] {
    return this.#families.flat().filter((name) => !this.#isRefused(name));
  }

  /** The wanted names that have been refused within the last day. */
  get refused(): string[] {
    return this.#families.flat().filter((name) => this.#isRefused(name));
  }

  /**
   * Subscribes to all wanted events that Aircall accepts: to all at once or, if that is refused, to `held`, which the
   * webhook has already, and then to more by family and by name. Returns the webhook as it is now. Throws
   * `RequestInvalid` if the names are not the reason.
   */
  async subscribe(held: readonly string[], write: WriteWebhook): Promise<Webhook> {
    const webhook = await this.#subscribed(held, write);
    this.#report();
    return webhook;
  }

  async #subscribed(held: readonly string[], write: WriteWebhook): Promise<Webhook> {
    const whole = await this.#written(this.wanted, write);
    if (!(whole instanceof RequestInvalid)) return whole;
    let webhook = await this.#core(held, write);
    if (!webhook) throw whole;
    for (const family of this.#families) webhook = await this.#extend(webhook, family, write);
    return webhook;
  }

  /** The webhook with what it has already or, if that is refused, with the first name of a family; `undefined` if none is accepted. */
  async #core(held: readonly string[], write: WriteWebhook): Promise<Webhook | undefined> {
    const firsts = this.#families.map((family) => family.slice(0, 1));
    for (const names of held.length > 0 ? [held, ...firsts] : firsts) {
      const webhook = await this.#written(names, write);
      if (!(webhook instanceof RequestInvalid)) return webhook;
    }
    return undefined;
  }

  /** The webhook with its events and those of the names that are accepted beside them. */
  async #extend(webhook: Webhook, names: readonly string[], write: WriteWebhook): Promise<Webhook> {
    const { events } = webhook;
    const added = names.filter((name) => !events.includes(name) && !this.#isRefused(name));
    if (added.length === 0) return webhook;
    const extended = await this.#written([...events, ...added], write);
    if (!(extended instanceof RequestInvalid)) return extended;
    if (added.length === 1) this.#refuse(added);
    let current = webhook;
    for (const name of added.length > 1 ? added : []) current = await this.#extend(current, [name], write);
    return current;
  }

  /**
   * The webhook with these of the events that Aircall answers with: those that it leaves out without a word count as
   * refused. An answer with none of them says nothing. Throws every error but that of an invalid request.
   */
  async #written(events: readonly string[], write: WriteWebhook): Promise<Webhook | RequestInvalid> {
    try {
      const webhook = await write(events);
      const had = events.filter((name) => webhook.events.includes(name));
      if (had.length === 0) return { ...webhook, events };
      this.#refuse(events.filter((name) => !had.includes(name)));
      return { ...webhook, events: had };
    } catch (error) {
      if (error instanceof RequestInvalid) return error;
      throw error;
    }
  }

  #isRefused(name: string): boolean {
    return (this.#refusedUntilMs.get(name) ?? -Infinity) > this.#ports.clock.now();
  }

  #refuse(names: readonly string[]): void {
    for (const name of names) this.#refusedUntilMs.set(name, this.#ports.clock.now() + REFUSED_FOR_MS);
  }

  #report(): void {
    const names = this.refused.filter((name) => !this.#reported.has(name));
    if (names.length === 0) return;
    for (const name of names) this.#reported.add(name);
    this.#ports.log.warn(
      `Aircall does not accept a subscription to ${names.join(", ")}. The other events are subscribed to, and these again once a day.`,
    );
  }
}
