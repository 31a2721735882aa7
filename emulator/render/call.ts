import type { Account } from "../account/account.ts";
import { type CallLife, reportedStart } from "../account/call-life.ts";
import type { User } from "../account/directory.ts";
import { isoDate } from "../account/time.ts";
import { renderContact } from "./contact.ts";
import { directLink } from "./links.ts";
import { renderNestedNumber } from "./number.ts";
import { shortUrl, signedUrl } from "./signed-url.ts";
import { renderAuthor, renderNestedUser } from "./user.ts";

export interface CallFlags {
  withContact: boolean;
  withShortUrls: boolean;
  signedUrlSeconds: number;
}

/** A call as the API returns it at an instant, by default now: only what has happened so far. */
export function renderCall(life: CallLife, account: Account, flags: CallFlags, now = account.nowSeconds) {
  const startedAt = reportedStart(life, now);
  const hasEnded = life.endedAt <= now;
  const isSettled = life.settledAt <= now;
  const number = nestedNumber(account, life.numberId, now);
  const user = (id: number | null | undefined) => nestedUser(account, id, now);
  return {
    id: life.id,
    sid: callUuid(life),
    direct_link: directLink(`/v1/calls/${life.id}`),
    direction: life.direction,
    status: statusOf(life, now),
    missed_call_reason: hasEnded ? life.missedReason : null,
    started_at: startedAt,
    answered_at: life.answeredAt <= now ? life.answeredAt : null,
    ended_at: hasEnded ? life.endedAt : null,
    duration: hasEnded ? life.endedAt - startedAt : 0,
    ...renderAssets(life, now, flags),
    raw_digits: life.rawDigits,
    hangup_cause: null,
    user: user(currentUserId(life, now)),
    contact: flags.withContact ? nestedContact(account, life.contactId, now) : null,
    archived: life.archivedAt <= now,
    assigned_to: user(happened(life.assignment, now)?.userId),
    transferred_by: user(happened(life.transfer, now)?.fromUserId),
    transferred_to: user(happened(life.transfer, now)?.toUserId),
    cost: isSettled ? life.cost : "0.0",
    pricing_type: isSettled ? "in_bundle" : null,
    country_code_a2: number?.country ?? null,
    number,
    teams: life.teamIds.map((id) => nestedTeam(account, id)),
    comments: renderComments(life, account, now),
    tags: renderTags(life, account, now),
    conference_participants: [],
  };
}

/** The ID of the carrier, which events and insights call `call_uuid`. */
export function callUuid({ id }: CallLife): string {
  return `CA${id.toString(16).padStart(32, "0")}`;
}

function statusOf(life: CallLife, now: number): "initial" | "answered" | "done" {
  if (life.endedAt <= now) return "done";
  return life.answeredAt <= now ? "answered" : "initial";
}

/** An inbound call has a user once it is answered. After a transfer, the user is the one who received it. */
function currentUserId(life: CallLife, now: number): number | null {
  if (life.direction === "inbound" && life.answeredAt > now) return null;
  return happened(life.transfer, now)?.toUserId ?? life.userId;
}

function happened<Step extends { atSeconds: number }>(step: Step | null, now: number): Step | null {
  return step !== null && step.atSeconds <= now ? step : null;
}

function renderAssets(life: CallLife, now: number, flags: CallFlags) {
  const asset = life.assetAt <= now ? life.asset : null;
  const link = (kind: CallLife["asset"]) =>
    asset !== null && asset === kind ? signedUrl(kind, life.id, now, flags.signedUrlSeconds) : null;
  const short = (kind: CallLife["asset"]) =>
    asset !== null && asset === kind && flags.withShortUrls ? shortUrl() : null;
  return {
    recording: link("recording"),
    recording_short_url: short("recording"),
    voicemail: link("voicemail"),
    voicemail_short_url: short("voicemail"),
    asset: asset === null ? null : `https://assets.aircall.io/calls/${life.id}/${asset}`,
  };
}

function renderComments(life: CallLife, account: Account, now: number) {
  return life.comments
    .filter((comment) => comment.atSeconds <= now)
    .map(({ id, content, atSeconds, userId }) => ({
      id,
      content,
      posted_at: atSeconds,
      posted_by: author(account, userId, now),
    }));
}

/** A tag that the company has deleted disappears from every call. */
function renderTags(life: CallLife, account: Account, now: number) {
  return life.tags.flatMap(({ tagId, atSeconds, userId }) => {
    const tag = account.tags.find(tagId);
    if (tag === undefined || atSeconds > now) return [];
    return [
      { id: tag.id, name: tag.name, tagged_at: atSeconds, tagged_by: author(account, userId, now) ?? {} },
    ];
  });
}

function author(account: Account, id: number | null, now: number) {
  const user = recallUser(account, id);
  return user === undefined ? null : renderAuthor(user, now);
}

function nestedUser(account: Account, id: number | null | undefined, now: number) {
  const user = recallUser(account, id);
  return user === undefined ? null : renderNestedUser(user, now);
}

function recallUser(account: Account, id: number | null | undefined): User | undefined {
  return id === null || id === undefined ? undefined : account.users.recall(id);
}

function nestedNumber(account: Account, id: number | null, now: number) {
  const number = id === null ? undefined : account.numbers.recall(id);
  return number === undefined ? null : renderNestedNumber(number, now);
}

function nestedContact(account: Account, id: number | null, now: number) {
  const contact = id === null ? undefined : account.contacts.find(id, now);
  return contact === undefined ? null : renderContact(contact, now);
}

function nestedTeam(account: Account, id: number | null) {
  const team = id === null ? undefined : account.teams.recall(id);
  if (team === undefined) return null;
  const { name, createdAtSeconds } = team;
  return {
    id: team.id,
    name,
    direct_link: directLink(`/v1/teams/${team.id}`),
    created_at: isoDate(createdAtSeconds),
  };
}
