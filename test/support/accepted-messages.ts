import type { Json, JsonObject } from "../../src/shared/json.ts";

/** What is known of a message from the events that were answered with 200. */
interface AcceptedMessage {
  /** The text and the direction, of the event of the message itself. */
  readonly told: JsonObject;
  readonly status: Json;
  /** When the status came to be, by the message's own account; Unix milliseconds. */
  readonly statusMs: number;
}

/** The messages of which a receiver has answered some event with 200. */
export class AcceptedMessages {
  readonly #messages = new Map<string, AcceptedMessage>();

  /** Sends as `send` does, and takes in what is accepted. */
  sendWith(send: typeof fetch): typeof fetch {
    return async (input, init) => {
      const response = await send(input, init);
      if (response.status === 200) this.#take(JSON.parse(String(init?.body)));
      return response;
    };
  }

  get size(): number {
    return this.#messages.size;
  }

  /** What the row of each must have, whatever else it has. */
  rows(): JsonObject[] {
    return [...this.#messages].map(([id, { told, status }]) => ({ id, ...told, status }));
  }

  #take({ event, data }: { event: string; data: JsonObject }): void {
    const [family = "", kind] = event.split(".");
    if (!family.endsWith("message")) return;
    const id = String(data.id);
    const known = this.#messages.get(id) ?? { told: {}, status: null, statusMs: -Infinity };
    const isStatus = kind === "status_updated";
    const { updated_at, status = null } = data;
    const statusMs = typeof updated_at === "number" ? updated_at : Date.parse(String(updated_at));
    const isNewer = isStatus ? statusMs >= known.statusMs : statusMs > known.statusMs;
    const told = isStatus ? known.told : { body: data.body ?? null, direction: data.direction ?? null };
    this.#messages.set(id, { ...(isNewer ? { status, statusMs } : known), told });
  }
}
