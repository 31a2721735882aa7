import type { Random } from "../random.ts";
import { COMMENTS } from "./names.ts";
import { SECONDS_PER_DAY, SECONDS_PER_MINUTE } from "./time.ts";

export interface CallTag {
  tagId: number;
  atSeconds: number;
  /** Null for a tag that the system added. */
  userId: number | null;
}

export interface CallComment {
  id: number;
  content: string;
  atSeconds: number;
  /** Null for a comment that was posted through the API. */
  userId: number | null;
}

export function tagsOf(
  random: Random,
  tagIds: readonly number[],
  userId: number | null,
  endedAt: number,
): CallTag[] {
  const count = random.chance(0.35) ? random.integer(1, 2) : 0;
  const tags: CallTag[] = [];
  for (let chosen = 0; chosen < count; chosen++) {
    const tagId = random.pick(tagIds);
    const taggedBy = random.chance(0.2) ? null : userId;
    const atSeconds = afterwards(random, endedAt);
    if (tagId !== null && tags.every((tag) => tag.tagId !== tagId)) {
      tags.push({ tagId, atSeconds, userId: taggedBy });
    }
  }
  return tags;
}

export function commentsOf(
  random: Random,
  callId: number,
  userId: number | null,
  endedAt: number,
): CallComment[] {
  if (!random.chance(0.15)) return [];
  return [
    {
      id: commentId(callId, 0),
      content: random.pick(COMMENTS) ?? "",
      atSeconds: afterwards(random, endedAt),
      userId: random.chance(0.2) ? null : userId,
    },
  ];
}

/** The ID of a comment of a call. A call has at most ten comments. */
export function commentId(callId: number, position: number): number {
  return callId * 10 + position;
}

/** Edits follow the end of a call within minutes. One in ten follows days later. */
export function afterwards(random: Random, endedAt: number): number {
  const minutesLater = endedAt + random.integer(2, 10 * SECONDS_PER_MINUTE);
  const daysLater = endedAt + random.integer(SECONDS_PER_DAY, 10 * SECONDS_PER_DAY);
  return random.chance(0.1) ? daysLater : minutesLater;
}
