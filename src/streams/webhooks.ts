import { documentSchema, flag, isoInstant, list, text } from "./schema.ts";
import { snapshotStream } from "./snapshot.ts";
import { HOUR_MS } from "./source.ts";

/**
 * Subscriptions to events, less the token with which their receivers know Aircall.
 * Source: https://developer.aircall.io/api-references/#list-all-webhooks
 */
export const webhooks = snapshotStream({
  name: "webhooks",
  endpoint: { path: "/v1/webhooks", bodyKey: "webhooks", holds: "list" },
  keyField: "id",
  newestBy: "created_at",
  secretFields: ["token"],
  intervalMs: HOUR_MS,
  documentSchema: documentSchema(
    "Webhook",
    "id",
    { type: "integer", description: "Numeric ID of the webhook, deprecated by Aircall and still served." },
    {
      webhook_id: text("UUID of the webhook."),
      direct_link: text("API address of the webhook."),
      custom_name: text("Name of the webhook."),
      url: text("Address that receives the events."),
      active: flag("Whether events are sent."),
      events: list("Names of the events that are sent.", { type: ["string", "null"] }),
      created_at: isoInstant("When the webhook was created."),
    },
  ),
});
