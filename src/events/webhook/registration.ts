import { createHash } from "node:crypto";
import type { AircallWebhooks, Webhook } from "../../aircall/index.ts";
import { Touch } from "../../engine/index.ts";
import { AccessRefused, ConfigError, ConnectorError, RequestInvalid } from "../../errors.ts";
import type { Ports } from "../../shared/ports.ts";
import type { Redactor } from "../../shared/redactor.ts";
import { isStop } from "../../shared/stop.ts";
import { lastSegment, normalAddress } from "../address.ts";
import { AcceptedEvents } from "./accepted-events.ts";
import { Tokens } from "./tokens.ts";

/** Five minutes at most from one look to the next, less what a slow look takes. */
const LOOK_EVERY_MS = 240_000;

/** Anyone who finds the address can send wrong tokens, and each of them asks for a look. */
const SHORTEST_PAUSE_MS = 30_000;

/** Aircall refuses to create another. Source: https://developer.aircall.io/api-references/#create-a-webhook */
const MOST_WEBHOOKS = 100;

/** The webhook that this capture made last, as its state keeps it. The address itself is a secret. */
export interface RememberedWebhook {
  readonly id: string;
  readonly addressHash: string;
}

/** What a look found, and what was done about it. */
export interface Look {
  /**
   * `registered`: all was well. `created`, `re-enabled`, `mended`: it is well now. `refused`: Aircall does not let this
   * be done, see `error`. `unreachable`: Aircall could not be asked, see `error`.
   */
  readonly state: "registered" | "created" | "re-enabled" | "mended" | "refused" | "unreachable";
  readonly error?: ConnectorError;
  /**
   * Set if events may have been lost: the webhook had been there and was gone, disabled, or without some of its events.
   * `sinceMs` is when it was last seen well; `undefined` if not by this process.
   */
  readonly gap?: { readonly sinceMs: number | undefined };
  /** Wanted events that Aircall does not accept. */
  readonly refusedEvents: readonly string[];
}

export interface RegistrationOptions {
  /** Its requests end with `signal`. */
  readonly webhooks: AircallWebhooks;
  /** Where the events are to be sent; from `eventsAddress`. */
  readonly address: string;
  /** The names of the events that are wanted, by family; from `wantedEvents`. If it is empty, there is no webhook. */
  readonly events: readonly (readonly string[])[];
  readonly remembered: RememberedWebhook | undefined;
  /** Called when there is another webhook to remember. */
  readonly onRemembered: (webhook: RememberedWebhook) => void;
  readonly onLook: (look: Look) => void;
  readonly redactor: Redactor;
  readonly ports: Pick<Ports, "clock" | "log">;
  readonly signal: AbortSignal;
}

/**
 * Sees to it that exactly one webhook of the account has exactly this address, is active and has exactly the wanted
 * events. A webhook with any other address is somebody else's, except for the remembered one while its address is still
 * the remembered one: that one has moved, and is deleted.
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #accepted: AcceptedEvents;
  readonly #tokens = new Tokens();
  readonly #wish = new Touch();
  #remembered: RememberedWebhook | undefined;
  /** When the webhook was last well, and the events that it had then. */
  #well: { readonly atMs: number; readonly events: readonly string[] } | undefined;
  #reported: string | undefined;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#remembered = options.remembered;
    this.#accepted = new AcceptedEvents(options.events, options.ports);
    options.redactor.add([lastSegment(options.address)]);
  }

  /** Runs until the signal is aborted, which is no error. Throws nothing that Aircall does. */
  async run(): Promise<void> {
    const { events, onLook, signal } = this.#options;
    if (events.length === 0) return;
    try {
      for (;;) {
        const look = await this.#look();
        onLook(look);
        await this.#pause(look);
      }
    } catch (error) {
      if (!isStop(error, signal)) throw error;
    }
  }

  /** Asks for a look soon, at most 30 s from now: an event has come with a token that is not known. */
  look(): void {
    this.#wish.touch();
  }

  /** Whether an event with this token comes from the webhook; `unknown` as long as no token is known. */
  isToken(text: string): boolean | "unknown" {
    return this.#tokens.has(text);
  }

  async #look(): Promise<Look> {
    try {
      const look = await this.#mend();
      this.#reported = undefined;
      return { ...look, refusedEvents: this.#accepted.refused };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      error.message = this.#options.redactor.hide(error.message);
      const state = isRefusal(error) ? "refused" : "unreachable";
      this.#reportFailure(state, error);
      return { state, error, refusedEvents: this.#accepted.refused };
    }
  }

  async #mend(): Promise<Found> {
    const { webhooks, address, ports } = this.#options;
    const atMs = ports.clock.now();
    const hadBeen = this.#remembered?.addressHash === hashOf(address);
    const listed = await webhooks.list();
    const [own, ...others] = listed.filter(({ url }) => normalAddress(url) === address).sort(activeFirst);
    this.#tokens.set([]);
    for (const webhook of own ? [own, ...others] : []) this.#takeToken(webhook);
    await this.#removeMoved(listed);
    const { id, events } = own && this.#isWell(own) ? own : await this.#write(own, listed.length);
    this.#remember(id);
    for (const other of others) await webhooks.remove(other.id);
    const found = this.#foundAt(own, { events, hadBeen, wasDouble: others.length > 0 });
    this.#well = { atMs, events };
    if (found.state !== "registered") ports.log.info(SENTENCES[found.state]);
    return found;
  }

  /** What the look has found, by the webhook as it was listed and the events that it has now. */
  #foundAt(
    own: Webhook | undefined,
    now: { readonly events: readonly string[]; readonly hadBeen: boolean; readonly wasDouble: boolean },
  ): Found {
    const gap = { sinceMs: this.#well?.atMs };
    if (!own) return { state: "created", ...(now.hadBeen && { gap }) };
    if (!own.active) return { state: "re-enabled", gap };
    const hasLost = this.#well?.events.some((name) => !own.events.includes(name)) ?? false;
    const isMended = now.wasDouble || !sameNames(own.events, now.events);
    return { state: isMended ? "mended" : "registered", ...(hasLost && { gap }) };
  }

  #isWell({ active, events }: Webhook): boolean {
    return active && sameNames(events, this.#accepted.wanted);
  }

  /** Creates the webhook, or makes it what it is to be. */
  #write(own: Webhook | undefined, listedCount: number): Promise<Webhook> {
    const { webhooks, address } = this.#options;
    const { wanted } = this.#accepted;
    const held = own?.events.filter((name) => wanted.includes(name)) ?? [];
    let id = own?.id;
    return this.#accepted.subscribe(held, async (events) => {
      const webhook = await (id === undefined
        ? this.#create(events, listedCount)
        : webhooks.update(id, address, events));
      id = webhook.id;
      this.#remember(id);
      this.#takeToken(webhook);
      return webhook;
    });
  }

  async #create(events: readonly string[], listedCount: number): Promise<Webhook> {
    try {
      return await this.#options.webhooks.create(this.#options.address, events);
    } catch (error) {
      if (!(error instanceof RequestInvalid) || listedCount < MOST_WEBHOOKS) throw error;
      throw new AccessRefused(
        `The account has ${listedCount} webhooks, and Aircall accepts no more than ${MOST_WEBHOOKS}. Delete one that is not needed.`,
      );
    }
  }

  /** The webhook of the address that this capture had before. If someone has given it another address, it is theirs. */
  async #removeMoved(listed: readonly Webhook[]): Promise<void> {
    const { address, webhooks } = this.#options;
    const { id, addressHash } = this.#remembered ?? {};
    if (addressHash === hashOf(address)) return;
    const moved = listed.find(
      (webhook) => webhook.id === id && hashOf(normalAddress(webhook.url)) === addressHash,
    );
    if (moved) await webhooks.remove(moved.id);
  }

  #remember(id: string): void {
    const addressHash = hashOf(this.#options.address);
    if (this.#remembered?.id === id && this.#remembered.addressHash === addressHash) return;
    this.#remembered = { id, addressHash };
    this.#options.onRemembered(this.#remembered);
  }

  #takeToken({ token }: Webhook): void {
    if (token === undefined) return;
    this.#options.redactor.add([token]);
    this.#tokens.add(token);
  }

  /** Once for each kind of failure in a row. What is wrong with the credentials is reported by the streams. */
  #reportFailure(state: FailedState, error: ConnectorError): void {
    if (error instanceof ConfigError || this.#reported === error.name) return;
    this.#reported = error.name;
    this.#options.ports.log.warn(`${SENTENCES[state]} ${error.message}`);
  }

  async #pause({ state }: Look): Promise<void> {
    const { ports, signal } = this.#options;
    await ports.clock.sleep(SHORTEST_PAUSE_MS, signal);
    if (state === "unreachable") return;
    const wished = new AbortController();
    const cancel = this.#wish.onTouch(() => wished.abort());
    const waking = AbortSignal.any([signal, wished.signal]);
    try {
      await ports.clock.sleep(LOOK_EVERY_MS - SHORTEST_PAUSE_MS, waking);
    } catch (error) {
      if (signal.aborted || !isStop(error, waking)) throw error;
    } finally {
      cancel();
    }
  }
}

type FailedState = "refused" | "unreachable";
type Found = Pick<Look, "gap"> & { readonly state: Exclude<Look["state"], FailedState> };

const SENTENCES: Readonly<Record<Exclude<Look["state"], "registered">, string>> = {
  created: "The webhook of this capture has been created.",
  "re-enabled": "The webhook of this capture had been disabled, and is active again.",
  mended: "The webhook of this capture was not as it should be, and has been updated.",
  refused:
    "The webhook of this capture cannot be set up, so changes are captured by polling until it can; this is tried again every five minutes.",
  unreachable: "The webhook of this capture could not be checked; this is tried again.",
};

/** Whether a person has to do something in Aircall first. */
function isRefusal(error: ConnectorError): boolean {
  return error instanceof ConfigError || error instanceof AccessRefused || error instanceof RequestInvalid;
}

function activeFirst(left: Webhook, right: Webhook): number {
  return Number(right.active) - Number(left.active);
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  const names = new Set(left);
  return names.size === new Set(right).size && right.every((name) => names.has(name));
}

function hashOf(address: string): string {
  return createHash("sha256").update(address).digest("base64url");
}
