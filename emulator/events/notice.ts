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
      resource: resourceOf(this.happening),
      event,
      timestamp: Math.floor(timestampMs / 1_000),
      token,
    };
    return `${JSON.stringify(envelope).slice(0, -1)},"data":${this.#data}}`;
  }
}

/** `group_message.sent` has the resource of all messages, and all insights have one resource. */
function resourceOf({ event, resource }: Happening): string {
  if (resource === "message") return "message";
  if (resource === "insight") return "conversation_intelligence";
  return event.slice(0, event.indexOf("."));
}
