import type { Change } from "../../account/changes.ts";
import { LAST_STATUS_SECONDS, type MessageLife, messageEvent } from "../../account/message-life.ts";
import { SECONDS_PER_MINUTE } from "../../account/time.ts";
import { renderMessage, renderStatus } from "../../render/message.ts";
import type { Consequences, Family, FamilyWorld, Happening, Horizon } from "../happening.ts";

export class MessageEvents implements Family {
  readonly resource = "message";
  readonly #world: FamilyWorld;

  constructor(world: FamilyWorld) {
    this.#world = world;
  }

  /** Nothing is still to happen to a message of a test. */
  *pending(atSeconds: number): Generator<Happening> {
    yield* this.beginning(atSeconds - LAST_STATUS_SECONDS - SECONDS_PER_MINUTE, atSeconds);
  }

  *beginning(afterSeconds: number, untilSeconds: number): Generator<Happening> {
    for (const message of this.#world.account.messages.seededWithin(afterSeconds, untilSeconds))
      for (const position of message.statuses.keys()) yield this.#happening(message, position);
  }

  consequencesOf(change: Change, _: Horizon): Consequences | null {
    if (change.of !== "message") return null;
    const message = this.#world.account.messages.find(change.id);
    if (message === undefined) return null;
    return { announced: [this.#happening(message, message.statuses.length - 1)], coming: [] };
  }

  #happening(message: MessageLife, position: number): Happening {
    const { account, options } = this.#world;
    const atMs = message.statuses[position]?.atMs ?? 0;
    return {
      event: messageEvent(message, position),
      resource: "message",
      id: message.id,
      atMs,
      data: () =>
        position === 0
          ? renderMessage(message, account, atMs, options)
          : renderStatus(message, atMs, options),
    };
  }
}
