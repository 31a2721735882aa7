import { createServer } from "node:net";
import type { EmulatorOptions } from "../../emulator/index.ts";
import { startEmulator } from "../../emulator/index.ts";
import { Connector } from "../../src/connector.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import type { StreamName } from "../../src/streams/index.ts";
import { Follower } from "./capture.ts";
import { TestClock, takingTime } from "./clock.ts";
import { testPorts } from "./world.ts";

const SECOND_MS = 1_000;

/**
 * A port of this machine that nothing listens on. It is not one of those that the system chooses for others, such as an
 * emulator of another test that starts just now.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/**
 * An emulator in moved time that sends events once a second, and captures that receive them over HTTP. Dispose of it with
 * `await using`.
 */
export async function startEventWorld(options: Partial<EmulatorOptions> = {}) {
  const clock = new TestClock();
  const port = await freePort();
  const eventsUrl = `http://127.0.0.1:${port}`;
  const emulator = await startEmulator({
    clock: clock.truth,
    limit: null,
    httpOnThisMachine: true,
    ...options,
    sendEvent: (input, init) => clock.hold(() => fetch(input, init)),
  });
  const ports = { ...testPorts(clock), fetch: takingTime(clock, emulator.fetch, 0) };
  const closing = new AbortController();
  void sendEverySecond();
  async function sendEverySecond(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(SECOND_MS);
      await emulator.events.deliverDue();
    }
  }
  return {
    clock,
    emulator,
    ports,
    eventsUrl,
    /** A process that follows the streams from this state, with events and these advanced settings. */
    follow(
      names: readonly StreamName[],
      state: JsonObject = {},
      advanced: JsonObject = {},
      resource: JsonObject = {},
    ): Follower {
      const connector = new Connector({ ports, origin: emulator.url, rateWindowMs: 0, eventsPort: { port } });
      return new Follower({ connector, clock }, names, {
        state,
        resource,
        config: { advanced: { ...advanced, events_url: eventsUrl } },
      });
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await emulator.close();
    },
  };
}
