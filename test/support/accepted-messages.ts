import type { Json, JsonObject } from "../../src/shared/json.ts";

interface SentMessage {
  /** The text and the direction, if the event of the message itself has been accepted. */
  told: JsonObject;
  /** The status at each instant at which it changed, accepted or not; by Unix milliseconds. */
  readonly statuses: Map<number, Json>;
  /** The instant of the latest status that has been accepted. */
  acceptedMs: number;
}

/** The messages of which a receiver has answered some event with 200. */
export class AcceptedMessages {
  readonly #messages = new Map<string, SentMessage>();

  /** Sends as `send` does, and takes in what is accepted. */
  sendWith(send: typeof fetch): typeof fetch {
    return async (input, init) => {
      const { event, data } = JSON.parse(String(init?.body));
      const message = /^(group_)?message\./.test(event) ? this.#sent(event, data) : undefined;
      const response = await send(input, init);
      if (message && response.status === 200) {
        message.acceptedMs = Math.max(message.acceptedMs, instantOf(data));
        if (!isOfStatus(event)) message.told = { body: data.body, direction: data.direction };
      }
      return response;
    };
  }

  /** How many there are. */
  get size(): number {
    return [...this.#messages.values()].filter(isAccepted).length;
  }

  /**
   * What the row of each must have, whatever else it has. A row may have a later status than the latest that was
   * accepted: its event was captured by a process that died before it could answer.
   */
  expected(rows: ReadonlyMap<string, JsonObject>): JsonObject[] {
    const accepted = [...this.#messages].filter(([, message]) => isAccepted(message));
    return accepted.map(([id, { told, statuses, acceptedMs }]) => {
      const row = rows.get(id);
      const statusMs = Math.max(acceptedMs, row ? instantOf(row) : -Infinity);
      return { id, ...told, status: statuses.get(statusMs) ?? null };
    });
  }

  #sent(event: string, data: JsonObject): SentMessage {
    const id = String(data.id);
    const message = this.#messages.get(id) ?? { told: {}, statuses: new Map(), acceptedMs: -Infinity };
    const ms = instantOf(data);
    if (isOfStatus(event) || !message.statuses.has(ms)) message.statuses.set(ms, data.status ?? null);
    this.#messages.set(id, message);
    return message;
  }
}

function isAccepted({ acceptedMs }: SentMessage): boolean {
  return acceptedMs > -Infinity;
}

function isOfStatus(event: string): boolean {
  return event.endsWith(".status_updated");
}

/** When a message was last changed, by its own account; Unix milliseconds. */
function instantOf({ updated_at }: JsonObject): number {
  return typeof updated_at === "number" ? updated_at : Date.parse(String(updated_at));
}
