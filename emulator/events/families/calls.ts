import {
  type CallLife,
  ENDED_EVENT_AFTER_SECONDS,
  isLateAsset,
  LARGEST_DRIFT_SECONDS,
  LONGEST_LIFE_SECONDS,
} from "../../account/call-life.ts";
import type { Change } from "../../account/changes.ts";
import { NEVER, SECONDS_PER_MINUTE } from "../../account/time.ts";
import { hashText, mix } from "../../random.ts";
import { eventCall, ringingUser } from "../../render/events.ts";
import type { Consequences, Family, FamilyWorld, Happening, Horizon } from "../happening.ts";

const RINGING_AFTER_SECONDS = 2;
const VOICEMAIL_EVENT_AFTER_SECONDS = 33;
const HOLDS = hashText("hold");

type Step = readonly [event: string, atSeconds: number];

export class CallEvents implements Family {
  readonly resource = "call";
  readonly #world: FamilyWorld;

  constructor(world: FamilyWorld) {
    this.#world = world;
  }

  *pending(atSeconds: number): Generator<Happening> {
    const { calls } = this.#world.account;
    const since = atSeconds - LONGEST_LIFE_SECONDS;
    for (const life of calls.untouchedWithin(since, atSeconds + LARGEST_DRIFT_SECONDS)) yield* this.#of(life);
    for (const life of calls.touchedOrMadeSince(since)) yield* this.#of(life);
  }

  /** A call whose start is corrected later is created a second earlier. */
  *beginning(afterSeconds: number, untilSeconds: number): Generator<Happening> {
    const lives = this.#world.account.calls.untouchedWithin(
      afterSeconds + LARGEST_DRIFT_SECONDS,
      untilSeconds + LARGEST_DRIFT_SECONDS,
    );
    for (const life of lives) yield* this.#of(life);
  }

  consequencesOf(change: Change, { nowMs }: Horizon): Consequences | null {
    if (change.of !== "call") return null;
    const life = this.#world.account.calls.lifeOrNull(change.id);
    if (life === null) return { announced: [], coming: [] };
    if (change.event === null) return { announced: [], coming: this.#of(life) };
    const hasEnded = change.event === "call.ended";
    return {
      announced: [this.#happening(life, change.event, nowMs)],
      coming: [...this.#of(life)].filter(({ event }) => !hasEnded || event !== "call.ended"),
    };
  }

  *#of(life: CallLife): Generator<Happening> {
    for (const [event, atSeconds] of stepsOf(life)) {
      if (atSeconds < NEVER && this.#world.account.calls.isInReach(life, atSeconds))
        yield this.#happening(life, event, atSeconds * 1_000);
    }
  }

  #happening(life: CallLife, event: string, atMs: number): Happening {
    return { event, resource: "call", id: life.id, atMs, data: () => this.#data(life, event, atMs) };
  }

  #data(life: CallLife, event: string, atMs: number): object {
    const { account, options, signedUrlSeconds } = this.#world;
    const atSeconds = Math.floor(atMs / 1_000);
    const call = eventCall(life, account, atSeconds, options, signedUrlSeconds);
    if (event !== "call.ringing_on_agent") return call;
    const users = account.users.listed;
    const user = account.users.recall(life.userId ?? 0) ?? users[mix(life.id) % Math.max(1, users.length)];
    return user === undefined ? call : { ...call, user: ringingUser(user, atSeconds) };
  }
}

/** What happens to a call, in the order of its life. */
function* stepsOf(life: CallLife): Generator<Step> {
  const createdAt = life.startedAt - life.driftSeconds;
  yield ["call.created", createdAt];
  const ringsAt = createdAt + RINGING_AFTER_SECONDS;
  if (ringsOnAgent(life, ringsAt)) yield ["call.ringing_on_agent", ringsAt];
  yield ["call.answered", life.answeredAt];
  yield* holdsOf(life);
  if (life.transfer !== null) yield ["call.transferred", life.transfer.atSeconds];
  yield ["call.hungup", life.endedAt];
  yield ["call.ended", life.endedAt + ENDED_EVENT_AFTER_SECONDS];
  if (life.asset !== null && isLateAsset(life, life.assetAt))
    yield ["call.comm_assets_generated", life.assetAt];
  if (life.asset === "voicemail") yield ["call.voicemail_left", voicemailAnnouncedAt(life)];
  if (life.assignment !== null) yield ["call.assigned", life.assignment.atSeconds];
  for (const { atSeconds } of life.tags) yield ["call.tagged", atSeconds];
  for (const { atSeconds } of life.comments) yield ["call.commented", atSeconds];
  yield ["call.archived", life.archivedAt];
}

/** An inbound call rings on an agent before it is answered, or before nobody answers it. */
function ringsOnAgent(life: CallLife, ringsAt: number): boolean {
  const goesOnUntil = Math.min(life.answeredAt, life.endedAt);
  const isForAgent = life.answeredAt < NEVER || life.missedReason === "agents_did_not_answer";
  return life.direction === "inbound" && isForAgent && ringsAt < goesOnUntil;
}

/** One in twelve answered calls of more than a minute is on hold for a while. */
function* holdsOf({ id, answeredAt, endedAt }: CallLife): Generator<Step> {
  const talkSeconds = endedAt - answeredAt;
  if (!(talkSeconds > SECONDS_PER_MINUTE) || endedAt === NEVER || mix(id, HOLDS) % 12 !== 0) return;
  yield ["call.hold", answeredAt + Math.floor(talkSeconds / 3)];
  yield ["call.unhold", answeredAt + Math.floor(talkSeconds / 2) - 1];
}

function voicemailAnnouncedAt({ endedAt, assetAt }: CallLife): number {
  return Math.max(endedAt + VOICEMAIL_EVENT_AFTER_SECONDS, assetAt + 2);
}
