import { hashText, Random } from "../random.ts";
import { MESSAGES } from "./names.ts";
import { SECONDS_PER_HOUR } from "./time.ts";
import { zoneAt } from "./zones.ts";

/** Everything that happens to one message. */
export interface MessageLife {
  readonly id: string;
  /** Null for a message between two parties. */
  readonly group: { readonly conversationId: string; readonly participants: readonly string[] } | null;
  readonly direction: "inbound" | "outbound";
  readonly channel: "whatsapp" | null;
  readonly numberId: number | null;
  /** The other party, in display format. */
  readonly externalNumber: string;
  readonly contactId: number | null;
  readonly body: string;
  readonly mediaNames: readonly string[];
  /** In ascending order. The first status is that of the creation. */
  readonly statuses: readonly MessageStatus[];
}

export interface MessageStatus {
  readonly status: string;
  readonly atMs: number;
}

/** The data from which messages are generated. */
export interface MessageIngredients {
  seed: number;
  /** The IDs of the lines in each zone. */
  numberIdsByZone: readonly (readonly number[])[];
  party(random: Random, zoneIndex: number, day: number): { digits: string; contactId: number | null };
}

/** No status follows later than this after the creation. */
export const LAST_STATUS_SECONDS = SECONDS_PER_HOUR;

export interface MessageOrigin {
  day: number;
  index: number;
  startedAt: number;
  zoneIndex: number;
}

export function generateMessage(origin: MessageOrigin, from: MessageIngredients): MessageLife {
  const { day, index, zoneIndex } = origin;
  const random = new Random(from.seed, hashText("message"), day, index);
  const direction = random.chance(0.55) ? "inbound" : "outbound";
  const channel = random.chance(0.1) ? "whatsapp" : null;
  const isGroup = random.chance(0.08) && channel === null;
  const party = from.party(random, zoneIndex, day);
  const stranger = () => zoneAt(zoneIndex).party(random.integer(0, 9_999));
  const createdAtMs = origin.startedAt * 1_000 + random.integer(0, 999);
  return {
    id: messageId(random, isGroup),
    group: isGroup
      ? { conversationId: random.hex(24), participants: [stranger(), stranger()].map(bare) }
      : null,
    direction,
    channel,
    numberId: random.pick(from.numberIdsByZone[zoneIndex] ?? []),
    externalNumber: party.digits === "anonymous" ? stranger() : party.digits,
    contactId: party.contactId,
    body: random.pick(MESSAGES) ?? "",
    mediaNames: direction === "inbound" && random.chance(0.1) ? ["photo.jpg"] : [],
    statuses: statusesOf(random, direction, channel, createdAtMs),
  };
}

/** A message is delivered within a minute, or it fails. A WhatsApp message is read within the hour. */
function statusesOf(
  random: Random,
  direction: MessageLife["direction"],
  channel: MessageLife["channel"],
  createdAtMs: number,
): MessageStatus[] {
  const deliveredAtMs = createdAtMs + random.integer(900, 60_000);
  const readAtMs = deliveredAtMs + random.integer(1_000, (LAST_STATUS_SECONDS - 60) * 1_000);
  const isDelivered = random.chance(0.95);
  if (direction === "inbound") return [{ status: "received", atMs: createdAtMs }];
  const sent = { status: random.chance(0.3) ? "pending" : "sent", atMs: createdAtMs };
  if (!isDelivered) return [sent, { status: "undelivered", atMs: deliveredAtMs }];
  const delivered = { status: "delivered", atMs: deliveredAtMs };
  return channel === "whatsapp" ? [sent, delivered, { status: "read", atMs: readAtMs }] : [sent, delivered];
}

export function messageId(random: Random, isGroup: boolean): string {
  if (!isGroup) return `msg-${random.hex(16)}`;
  return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
}

/** Participants have digits only, without the plus sign. */
function bare(digits: string): string {
  return digits.replace(/\D/g, "");
}

export function createdAtMs(message: MessageLife): number {
  return message.statuses[0]?.atMs ?? 0;
}

/** The status at an instant. */
export function statusAt(message: MessageLife, atMs: number): MessageStatus | undefined {
  return message.statuses.findLast((status) => status.atMs <= atMs);
}

/** The name of the event of a status: the first announces the message, the others are updates. */
export function messageEvent(message: MessageLife, position: number): string {
  const family = message.group === null ? "message" : "group_message";
  if (position > 0) return `${family}.status_updated`;
  return `${family}.${message.direction === "inbound" ? "received" : "sent"}`;
}
