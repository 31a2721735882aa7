import type { Account } from "../account/account.ts";
import { createdAtMs, type MessageLife, statusAt } from "../account/message-life.ts";
import type { EventOptions } from "../events/options.ts";
import { eventContact, eventNumber } from "./events.ts";
import { directLink } from "./links.ts";

/**
 * A message with its status at an instant. Its number and contact are as they were when it was sent, since no later
 * event repeats them.
 */
export function renderMessage(message: MessageLife, account: Account, atMs: number, options: EventOptions) {
  const instant = instants(options);
  const current = statusAt(message, atMs);
  const sentAtMs = createdAtMs(message);
  return {
    id: message.id,
    direct_link: directLink(`/v1/numbers/${message.numberId}/messages/${message.id}`),
    direction: message.direction,
    ...(message.group === null ? externalParty(message) : groupOf(message.group)),
    body: message.body,
    status: current?.status ?? null,
    channel: message.channel,
    ...mediaOf(message, options),
    ...(message.channel === "whatsapp"
      ? { whatsapp_message_category: "utility", whatsapp_message_type: "regular" }
      : {}),
    created_at: instant(sentAtMs),
    ...(message.direction === "outbound" ? { sent_at: instant(sentAtMs) } : {}),
    updated_at: instant(current?.atMs ?? sentAtMs),
    ...lineOf(message, account, sentAtMs),
    ...contactOf(message, account, sentAtMs, options),
  };
}

/** What `message.status_updated` has: neither the text nor the direction. */
export function renderStatus(message: MessageLife, atMs: number, options: EventOptions) {
  return {
    id: message.id,
    ...(message.group === null ? {} : { group_conversation_id: message.group.conversationId }),
    status: statusAt(message, atMs)?.status ?? null,
    updated_at: instants(options)(atMs),
    ...(options.statusNumber === "present" ? { number: { id: message.numberId } } : {}),
  };
}

function instants({ messageTimes }: EventOptions): (atMs: number) => string | number {
  return (atMs) => (messageTimes === "iso" ? new Date(atMs).toISOString() : atMs);
}

function externalParty({ externalNumber }: MessageLife) {
  return { external_number: externalNumber, raw_digits: `+${externalNumber.replace(/\D/g, "")}` };
}

function groupOf({ conversationId, participants }: NonNullable<MessageLife["group"]>) {
  return { group_conversation_id: conversationId, participants };
}

function mediaOf({ id, mediaNames }: MessageLife, { media }: EventOptions) {
  if (mediaNames.length === 0) return {};
  const urlOf = (name: string) => `https://media.example.test/messages/${id}/${name}?X-Amz-Expires=600`;
  if (media === "media_url") return { media_url: mediaNames.map(urlOf) };
  return {
    media_details: mediaNames.map((name) => ({
      file_name: name,
      file_type: "image/jpeg",
      presigned_url: urlOf(name),
    })),
  };
}

function lineOf({ numberId }: MessageLife, account: Account, atMs: number) {
  const line = numberId === null ? undefined : account.numbers.recall(numberId);
  return line === undefined ? {} : { number: eventNumber(line, Math.floor(atMs / 1_000)) };
}

function contactOf({ contactId }: MessageLife, account: Account, atMs: number, options: EventOptions) {
  const atSeconds = Math.floor(atMs / 1_000);
  const contact = contactId === null ? undefined : account.contacts.find(contactId, atSeconds);
  return contact === undefined ? {} : { contact: eventContact(contact, atSeconds, options) };
}
