import type { CallLife } from "../account/call-life.ts";
import { spokenFrom, spokenSeconds } from "../account/insight-life.ts";
import type { Random } from "../random.ts";
import { CALLER_PHRASES, USER_PHRASES } from "./phrases.ts";

interface Utterance {
  readonly start_time: number;
  readonly end_time: number;
  readonly text: string;
  readonly participant_type: string;
  readonly [field: string]: unknown;
}

/** The words of an utterance last this long for each character. */
const SECONDS_PER_CHARACTER = 0.07;

/**
 * What was said, with times in seconds after the start of the call. The participants take turns as long as the call
 * lasts; in a voicemail, the caller speaks alone.
 */
export function renderUtterances(call: CallLife, random: Random): Utterance[] {
  const utterances: Utterance[] = [];
  const isVoicemail = call.asset === "voicemail";
  const startSeconds = spokenFrom(call) - call.startedAt;
  const endSeconds = startSeconds + spokenSeconds(call);
  let isUser = !isVoicemail;
  for (let atSeconds = startSeconds + 0.4; atSeconds < endSeconds; ) {
    const text = random.pick(isUser ? USER_PHRASES : CALLER_PHRASES) ?? "";
    const saidSeconds = atSeconds + text.length * SECONDS_PER_CHARACTER;
    utterances.push({
      start_time: hundredths(atSeconds),
      end_time: hundredths(Math.min(saidSeconds, endSeconds)),
      text,
      ...(isUser ? userOf(call, atSeconds) : callerOf(call)),
    });
    atSeconds = saidSeconds + 0.2 + random.next();
    isUser = !isVoicemail && !isUser;
  }
  return utterances;
}

function userOf({ startedAt, userId, transfer }: CallLife, atSeconds: number) {
  const isTransferred = transfer !== null && transfer.atSeconds <= startedAt + atSeconds;
  return { participant_type: "internal", user_id: isTransferred ? transfer.toUserId : userId };
}

function callerOf(call: CallLife) {
  return { participant_type: "external", phone_number: callerNumber(call) };
}

/** The number of the other party in E.164, or null if it is withheld. */
export function callerNumber({ rawDigits }: CallLife): string | null {
  return rawDigits === "anonymous" ? null : `+${rawDigits.replace(/\D/g, "")}`;
}

function hundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
