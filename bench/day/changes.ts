import type { Account } from "../../emulator/index.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";

/** What happens to calls and contacts, and how it is called in the report. */
export const KINDS = {
  end: "end of a call",
  asset: "recording or voicemail",
  soonTag: "tag, within 30 min of the end",
  lateTag: "tag, more than 30 min after the end",
  soonComment: "comment, within 30 min of the end",
  lateComment: "comment, more than 30 min after the end",
  assignment: "assignment",
  archiving: "archiving",
  contact: "edit of a contact",
} as const;

export type Kind = keyof typeof KINDS;

export interface Change {
  readonly kind: Kind;
  /** Of the call, or of the contact. */
  readonly id: number;
  /** When it happened, in Unix seconds. */
  readonly atSeconds: number;
  /** Whether a document of the object shows it. */
  isShownBy(doc: JsonObject): boolean;
}

const DAY_SECONDS = 86_400;

/** Nothing happens to a call later than this after it started. */
const LONGEST_STORY_SECONDS = 11 * DAY_SECONDS;

/** What people add later than this after the end of a call counts as late. */
const LATE_AFTER_SECONDS = 30 * 60;

/** All that happens to calls of the account on a day, whenever they started. The account's clock must be past that day. */
export function changesOfCalls({ calls }: Account, dayStartSeconds: number): Change[] {
  const { order } = calls;
  const endSeconds = dayStartSeconds + DAY_SECONDS;
  const changes: Change[] = [];
  const end = order.countBefore(endSeconds);
  for (
    let position = order.countBefore(dayStartSeconds - LONGEST_STORY_SECONDS);
    position < end;
    position++
  ) {
    const story = changesOfCall(calls.life(order.idAt(position)));
    changes.push(...story.filter(({ atSeconds }) => atSeconds >= dayStartSeconds && atSeconds < endSeconds));
  }
  return changes;
}

type Life = ReturnType<Account["calls"]["life"]>;

function changesOfCall(life: Life): Change[] {
  const { id, endedAt } = life;
  const isLate = (atSeconds: number) => atSeconds > endedAt + LATE_AFTER_SECONDS;
  return [
    { kind: "end", id, atSeconds: endedAt, isShownBy: (doc) => doc.status === "done" },
    {
      kind: "asset",
      id,
      atSeconds: life.assetAt,
      isShownBy: (doc) => typeof (doc.recording ?? doc.voicemail) === "string",
    },
    ...life.tags.map(
      ({ tagId, atSeconds }): Change => ({
        kind: isLate(atSeconds) ? "lateTag" : "soonTag",
        id,
        atSeconds,
        isShownBy: (doc) => holdsId(doc.tags, tagId),
      }),
    ),
    ...life.comments.map(
      (comment): Change => ({
        kind: isLate(comment.atSeconds) ? "lateComment" : "soonComment",
        id,
        atSeconds: comment.atSeconds,
        isShownBy: (doc) => holdsId(doc.comments, comment.id),
      }),
    ),
    {
      kind: "assignment",
      id,
      atSeconds: life.assignment?.atSeconds ?? Number.POSITIVE_INFINITY,
      isShownBy: (doc) => doc.assigned_to !== null,
    },
    { kind: "archiving", id, atSeconds: life.archivedAt, isShownBy: (doc) => doc.archived === true },
  ];
}

/** An edit that was made of a contact. */
export function changeOfContact(id: number, atSeconds: number): Change {
  return { kind: "contact", id, atSeconds, isShownBy: (doc) => Number(doc.updated_at) >= atSeconds };
}

function holdsId(rows: Json | undefined, id: number): boolean {
  return Array.isArray(rows) && rows.some((row) => (row as JsonObject).id === id);
}
