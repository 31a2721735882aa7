import { ACTIVITY_SECONDS, isOpen } from "../../account/availability.ts";
import type { Change } from "../../account/changes.ts";
import type { PhoneNumber } from "../../account/directory.ts";
import { eventNumber } from "../../render/events.ts";
import { renderNestedUser } from "../../render/user.ts";
import type { Consequences, Family, FamilyWorld, Happening, Horizon } from "../happening.ts";
import { boundariesWithin } from "./boundaries.ts";

export class NumberEvents implements Family {
  readonly resource = "number";
  readonly #world: FamilyWorld;

  constructor(world: FamilyWorld) {
    this.#world = world;
  }

  pending(): Iterable<Happening> {
    return [];
  }

  *beginning(afterSeconds: number, untilSeconds: number): Generator<Happening> {
    for (const number of this.#world.account.numbers.listed)
      yield* this.#changesWithin(number, afterSeconds, untilSeconds);
  }

  consequencesOf(change: Change, { nowMs, untilSeconds }: Horizon): Consequences | null {
    if (change.of !== "number") return null;
    const { what, item, before } = change;
    const nowSeconds = Math.floor(nowMs / 1_000);
    if (what === "removed")
      return { announced: [this.#happening(item, "number.deleted", nowMs)], coming: [] };
    const announced =
      what === "added"
        ? [this.#happening(item, "number.created", nowMs)]
        : this.#transition(item, isOpen(before, nowSeconds), isOpen(item, nowSeconds), nowMs);
    return { announced, coming: this.#changesWithin(item, nowSeconds, untilSeconds) };
  }

  *#changesWithin(number: PhoneNumber, afterSeconds: number, untilSeconds: number): Generator<Happening> {
    for (const atSeconds of boundariesWithin(afterSeconds, untilSeconds, ACTIVITY_SECONDS)) {
      const wasOpen = isOpen(number, atSeconds - 1);
      yield* this.#transition(number, wasOpen, isOpen(number, atSeconds), atSeconds * 1_000);
    }
  }

  *#transition(number: PhoneNumber, wasOpen: boolean, opens: boolean, atMs: number): Generator<Happening> {
    if (wasOpen !== opens) yield this.#happening(number, opens ? "number.opened" : "number.closed", atMs);
  }

  #happening(number: PhoneNumber, event: string, atMs: number): Happening {
    return { event, resource: "number", id: number.id, atMs, data: () => this.#data(number, event, atMs) };
  }

  /** The users of a line are those for whom it is the default. A deleted line has none. */
  #data(number: PhoneNumber, event: string, atMs: number): object {
    const atSeconds = Math.floor(atMs / 1_000);
    const users = this.#world.account.users.listed.filter(
      ({ defaultNumberId }) => defaultNumberId === number.id,
    );
    return {
      ...eventNumber(number, atSeconds),
      users: event === "number.deleted" ? [] : users.map((user) => renderNestedUser(user, atSeconds)),
    };
  }
}
