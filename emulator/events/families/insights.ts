import { type CallLife, LARGEST_DRIFT_SECONDS, LONGEST_ASSET_SECONDS } from "../../account/call-life.ts";
import type { Change } from "../../account/changes.ts";
import { INSIGHT_KINDS } from "../../account/insight-kinds.ts";
import { type InsightLife, LONGEST_INSIGHT_SECONDS } from "../../account/insight-life.ts";
import { insightEvents } from "../../render/insight-events.ts";
import type { Consequences, Family, FamilyWorld, Happening, Horizon } from "../happening.ts";

/** All insights of a call are one object, since what changes the call changes all of them. */
export class InsightEvents implements Family {
  readonly resource = "insight";
  readonly #world: FamilyWorld;

  constructor(world: FamilyWorld) {
    this.#world = world;
  }

  *pending(atSeconds: number): Generator<Happening> {
    const { calls, insights } = this.#world.account;
    const since = atSeconds - LONGEST_ASSET_SECONDS - LONGEST_INSIGHT_SECONDS;
    for (const call of calls.untouchedWithin(since, atSeconds + LARGEST_DRIFT_SECONDS))
      if (!insights.isTouched(call.id)) yield* this.#of(call, atSeconds);
    for (const call of calls.touchedOrMadeSince(since))
      if (!insights.isTouched(call.id)) yield* this.#of(call, atSeconds);
    for (const call of insights.touchedCalls) yield* this.#of(call, atSeconds);
  }

  *beginning(afterSeconds: number, untilSeconds: number): Generator<Happening> {
    const { calls, insights } = this.#world.account;
    const begun = calls.untouchedWithin(
      afterSeconds + LARGEST_DRIFT_SECONDS,
      untilSeconds + LARGEST_DRIFT_SECONDS,
    );
    for (const call of begun) if (!insights.isTouched(call.id)) yield* this.#of(call, afterSeconds);
  }

  consequencesOf(change: Change, { nowMs }: Horizon): Consequences | null {
    if (change.of !== "call" && change.of !== "insight") return null;
    const { account } = this.#world;
    const call = account.calls.lifeOrNull(change.id);
    if (call === null) return { announced: [], coming: [] };
    const coming = this.#of(call, Math.floor(nowMs / 1_000));
    if (change.of !== "insight" || change.event === null) return { announced: [], coming };
    const life = account.insights.of(call.id, change.name);
    const announced = life === null ? [] : this.#happenings(life, call, change.event, nowMs);
    return { announced, coming };
  }

  /** What happens to the insights of a call after an instant. */
  *#of(call: CallLife, afterSeconds: number): Generator<Happening> {
    for (const life of this.#world.account.insights.ofCall(call)) {
      const { createdEvent, updatedEvent } = INSIGHT_KINDS[life.name];
      for (const [position, { atSeconds }] of life.versions.entries()) {
        const event = position === 0 ? createdEvent : updatedEvent;
        if (
          event !== null &&
          atSeconds > afterSeconds &&
          this.#world.account.calls.isInReach(call, atSeconds)
        )
          yield* this.#happenings(life, call, event, atSeconds * 1_000);
      }
    }
  }

  *#happenings(life: InsightLife, call: CallLife, event: string, atMs: number): Generator<Happening> {
    const { account } = this.#world;
    for (const data of insightEvents(life, call, account, Math.floor(atMs / 1_000)))
      yield { event, resource: "insight", id: call.id, atMs, data };
  }
}
