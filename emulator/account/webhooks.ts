import { Collection, type ItemReporter } from "./collection.ts";
import type { Webhook } from "./directory.ts";

/** What the account allows with webhooks. Tests may change it at any time. */
export interface WebhookRules {
  /** Whether the API key may create, change and delete webhooks. */
  keyMayWrite: boolean;
  /** The event names that a webhook may be subscribed to. A request with another name is refused, unless this is `any`. */
  eventNames: readonly string[] | "any";
  /** Whether a webhook may have an http address of this machine. All other addresses must be https. */
  httpOnThisMachine: boolean;
}

/** Aircall refuses the next one. */
export const MOST_WEBHOOKS = 100;

/** The webhooks of the account, whoever made them. */
export class Webhooks extends Collection<Webhook> {
  readonly rules: WebhookRules;

  constructor(
    size: number,
    make: (index: number) => Webhook,
    createdNow: () => Partial<Webhook>,
    reporter: ItemReporter<Webhook>,
    { keyMayWrite, eventNames, httpOnThisMachine }: WebhookRules,
  ) {
    super(size, make, createdNow, reporter);
    this.rules = { keyMayWrite, eventNames, httpOnThisMachine };
  }

  /** Finds a webhook by its UUID or, as a legacy, by its numeric ID. */
  locate(id: string): Webhook | undefined {
    return this.listed.find((webhook) => webhook.uuid === id || String(webhook.id) === id);
  }
}
