import { expect, test } from "vitest";
import { bindingFor, Connector } from "../../src/connector.ts";
import { startEventWorld } from "../support/event-world.ts";
import { CONFIG } from "../support/world.ts";

const QUIET = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 1, webhooks: 0 };

test("a defect of what keeps the webhook ends the session at once, which throws it", async () => {
  await using world = await startEventWorld({ account: QUIET });
  const { clock, emulator, ports, eventsUrl } = world;
  const connector = new Connector({ ports, origin: emulator.url, rateWindowMs: 0, eventsPort: { port: 0 } });
  const yesterday = Math.floor(clock.now() / 1000) - 86_400;
  const blocks = connector.capture({
    config: { ...CONFIG, advanced: { events_url: eventsUrl } },
    bindings: [bindingFor("calls")],
    state: { bindingStateV1: { inbox: { wellAt: yesterday } } },
    until: "follow",
    signal: new AbortController().signal,
    onStatus: () => {
      throw new TypeError("a defect");
    },
  });
  const captured = Array.fromAsync(blocks);
  captured.catch(() => {});
  await expect(clock.runWhile(captured)).rejects.toThrow("a defect");
});
