import type { Webhook } from "../account/directory.ts";
import { isoDate } from "../account/time.ts";
import { directLink } from "../render/links.ts";
import { listStream, selectItems } from "./stream.ts";

/** The `meta` of this list has no link keys. Its rows contain the secret of each webhook. */
export const webhooks = listStream("webhooks", {
  path: "/v1/webhooks",
  key: "webhooks",
  ordered: true,
  linked: false,
  select: ({ account }) => selectItems(account.webhooks.listed, renderWebhook),
});

function renderWebhook(webhook: Webhook) {
  return {
    id: webhook.id,
    webhook_id: webhook.uuid,
    direct_link: directLink(`/v1/webhooks/${webhook.id}`),
    created_at: isoDate(webhook.createdAtSeconds),
    url: webhook.url,
    active: webhook.active,
    token: webhook.token,
    events: webhook.events,
  };
}
