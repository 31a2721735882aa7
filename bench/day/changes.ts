import type { Account } from "../../emulator/index.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import type { Expected } from "./watch.ts";

/** What happens to calls and contacts, under the names of the report. */
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

/** Of a call or a contact. */
export type Change = Expected<Kind>;

const DAY_SECONDS = 86_400;

/** The last change of a call comes at most so long after its start. */
const LONGEST_STORY_SECONDS = 11 * DAY_SECONDS;

const LATE_AFTER_SECONDS = 30 * 60;

/** The changes of calls on one day, whenever the calls started. The account's clock must be past that day. */
export function changesOfCalls({ calls }: Account, dayStartSeconds: number): Change[] {
  const { order } = calls;
  const endSeconds = dayStartSeconds + DAY_SECONDS;
  const first = order.countBefore(dayStartSeconds - LONGEST_STORY_SECONDS);
  const ids = Array.from({ length: order.countBefore(endSeconds) - first }, (_, index) =>
    order.idAt(first + index),
  );
  return ids
    .flatMap((id) => changesOfCall(calls.life(id)))
    .filter(({ atSeconds }) => atSeconds >= dayStartSeconds && atSeconds < endSeconds);
}

type Life = ReturnType<Account["calls"]["life"]>;

function changesOfCall(life: Life): Change[] {
  const { id, endedAt, assignment } = life;
  const change = (kind: Kind, atSeconds: number, isShownBy: Change["isShownBy"]) => ({
    kind,
    id,
    atSeconds,
    isShownBy,
  });
  const isLate = (atSeconds: number) => atSeconds > endedAt + LATE_AFTER_SECONDS;
  return [
    change("end", endedAt, (doc) => doc.status === "done"),
    change("asset", life.assetAt, (doc) => typeof (doc.recording ?? doc.voicemail) === "string"),
    ...life.tags.map(({ tagId, atSeconds }) =>
      change(isLate(atSeconds) ? "lateTag" : "soonTag", atSeconds, (doc) => hasId(doc.tags, tagId)),
    ),
    ...life.comments.map(({ id: commentId, atSeconds }) =>
      change(isLate(atSeconds) ? "lateComment" : "soonComment", atSeconds, (doc) =>
        hasId(doc.comments, commentId),
      ),
    ),
    ...(assignment ? [change("assignment", assignment.atSeconds, (doc) => doc.assigned_to !== null)] : []),
    change("archiving", life.archivedAt, (doc) => doc.archived === true),
  ];
}

/** An edit of a contact. */
export function changeOfContact(id: number, atSeconds: number): Change {
  return { kind: "contact", id, atSeconds, isShownBy: (doc) => Number(doc.updated_at) >= atSeconds };
}

function hasId(rows: Json | undefined, id: number): boolean {
  return Array.isArray(rows) && rows.some((row) => (row as JsonObject).id === id);
}
