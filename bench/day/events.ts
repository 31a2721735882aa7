import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { Emulator, EmulatorOptions, EventOptions } from "../../emulator/index.ts";
import type { TestClock } from "../../test/support/clock.ts";

const SECOND_MS = 1_000;

/** A busy machine may take long to answer, by its own time. */
const ANSWERED_WITHIN_MS = 60_000;

/** An account that sends its events over HTTP to this machine, one after the other, so that each run takes the same course. */
export function sendingEvents(events: Partial<EventOptions>, clock: TestClock): Partial<EmulatorOptions> {
  let sent: Promise<unknown> = Promise.resolve();
  return {
    httpOnThisMachine: true,
    events: { timeoutMs: ANSWERED_WITHIN_MS, ...events },
    sendEvent: (input, init) =>
      clock.hold(() => {
        const answer = sent.then(() => fetch(input, init));
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
