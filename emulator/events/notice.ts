import type { Happening } from "./happening.ts";

/** A happening as it is announced to all webhooks. Its data is rendered when it is first sent, and stays the same. */
export class Notice {
  readonly happening: Happening;
  #data: string | null = null;

  constructor(happening: Happening) {
    this.happening = happening;
  }

  /** The body of a request to the webhook that has the token. */
  body(token: string, timestampMs: number): string {
    const { event, data } = this.happening;
    this.#data ??= JSON.stringify(data());
    const envelope = {
      resource: resourceOf(event),
      event,
      timestamp: Math.floor(timestampMs / 1_000),
      token,
    };
    return `${JSON.stringify(envelope).slice(0, -1)},"data":${this.#data}}`;
  }
}

/** `group_message.sent` has the resource of all messages. */
function resourceOf(event: string): string {
  const [family = ""] = event.split(".");
  return family === "group_message" ? "message" : family;
}
