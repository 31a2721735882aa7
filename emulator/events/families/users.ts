import { ACTIVITY_SECONDS, type Availability, availabilityOf } from "../../account/availability.ts";
import type { Change } from "../../account/changes.ts";
import type { User } from "../../account/directory.ts";
import { eventUser } from "../../render/events.ts";
import type { Consequences, Family, FamilyWorld, Happening, Horizon } from "../happening.ts";
import { boundariesWithin } from "./boundaries.ts";

/** Users under the names of version 2. Calls do not open or close a user, so that nothing announces `in_call`. */
export class UserEvents implements Family {
  readonly resource = "user";
  readonly #world: FamilyWorld;

  constructor(world: FamilyWorld) {
    this.#world = world;
  }

  pending(): Iterable<Happening> {
    return [];
  }

  *beginning(afterSeconds: number, untilSeconds: number): Generator<Happening> {
    for (const user of this.#world.account.users.listed)
      yield* changesWithin(user, afterSeconds, untilSeconds);
  }

  consequencesOf(change: Change, { nowMs, untilSeconds }: Horizon): Consequences | null {
    if (change.of !== "user") return null;
    const { what, item, before } = change;
    const nowSeconds = Math.floor(nowMs / 1_000);
    if (what === "removed") return { announced: [happening(item, "user.deleted.v2", nowMs)], coming: [] };
    const announced =
      what === "added"
        ? [happening(item, "user.created.v2", nowMs)]
        : transition(item, availabilityOf(before, nowSeconds), availabilityOf(item, nowSeconds), nowMs);
    return { announced, coming: changesWithin(item, nowSeconds, untilSeconds) };
  }
}

function* changesWithin(user: User, afterSeconds: number, untilSeconds: number): Generator<Happening> {
  for (const atSeconds of boundariesWithin(afterSeconds, untilSeconds, ACTIVITY_SECONDS)) {
    const before = availabilityOf(user, atSeconds - 1);
    yield* transition(user, before, availabilityOf(user, atSeconds), atSeconds * 1_000);
  }
}

/** A user with a reason for not being available is closed twice, and only the second event has the reason. */
function* transition(
  user: User,
  before: Availability,
  after: Availability,
  atMs: number,
): Generator<Happening> {
  if (before === after) return;
  const announce = (name: string) => happening(user, `user.${name}.v2`, atMs);
  if (before === "offline") yield announce("connected");
  if (before === "after_call_work") yield announce("wut_end");
  if (isOpen(before) && !isOpen(after)) {
    const hasReason = user.substatus !== "always_open" && user.substatus !== "always_closed";
    if (hasReason) yield happening({ ...user, substatus: "always_closed" }, "user.closed.v2", atMs);
    yield announce("closed");
  }
  if (!isOpen(before) && isOpen(after)) yield announce("opened");
  if (after === "after_call_work") yield announce("wut_start");
  if (after === "offline") yield announce("disconnected");
}

function isOpen(availability: Availability): boolean {
  return availability !== "offline" && availability !== "do_not_disturb";
}

function happening(user: User, event: string, atMs: number): Happening {
  const data = () => eventUser(user, Math.floor(atMs / 1_000));
  return { event, resource: "user", id: user.id, atMs, data };
}
