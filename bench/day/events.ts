import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { Emulator, EmulatorOptions, EventOptions } from "../../emulator/index.ts";
import type { TestClock } from "../../test/support/clock.ts";
import type { Change } from "./changes.ts";

const SECOND_MS = 1_000;

/** A busy machine may take long to answer, by its own time. */
const ANSWERED_WITHIN_MS = 60_000;

/** An event comes at most so long after the change that it announces: `call.voicemail_left` after the voicemail. */
const ANNOUNCED_WITHIN_SECONDS = 3;

/** Which events the capture has received. */
export class Deliveries {
  /** When each object has been the subject of an event; Unix seconds. */
  readonly #atSeconds = new Map<unknown, number[]>();

  note(body: string): void {
    const { timestamp, data } = JSON.parse(body);
    this.#atSeconds.set(data.id, [...(this.#atSeconds.get(data.id) ?? []), timestamp]);
  }

  /** Whether an event of the object was received that came with the change, or soon after it. */
  announced({ id, atSeconds }: Pick<Change, "id" | "atSeconds">): boolean {
    const events = this.#atSeconds.get(id) ?? [];
    return events.some((at) => at >= atSeconds && at <= atSeconds + ANNOUNCED_WITHIN_SECONDS);
  }
}

/** An account that sends its events over HTTP to this machine, one after the other, so that each run takes the same course. */
export function sendingEvents(
  events: Partial<EventOptions>,
  deliveries: Deliveries,
  clock: TestClock,
): Partial<EmulatorOptions> {
  let sent: Promise<unknown> = Promise.resolve();
  const deliver: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (answer.ok) deliveries.note(String(init?.body));
    return answer;
  };
  return {
    httpOnThisMachine: true,
    events: { timeoutMs: ANSWERED_WITHIN_MS, ...events },
    sendEvent: (input, init) =>
      clock.hold(() => {
        const answer = sent.then(() => deliver(input, init));
        sent = answer.catch(() => {});
        return answer;
      }),
  };
}

/** Sends what is due in each second, until the signal aborts. */
export async function sendEverySecond(
  { events }: Emulator,
  clock: TestClock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(SECOND_MS);
    await events.deliverDue();
  }
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
