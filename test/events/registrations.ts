import { Writable } from "node:stream";
import { type EmulatorOptions, startEmulator } from "../../emulator/index.ts";
import { AircallWebhooks, RequestBudget } from "../../src/aircall/index.ts";
import {
  eventsAddress,
  type Look,
  Registration,
  type RememberedWebhook,
  wantedEvents,
} from "../../src/events/index.ts";
import { jsonLog } from "../../src/shared/log.ts";
import { Redactor } from "../../src/shared/redactor.ts";
import { TestClock, takingTime } from "../support/clock.ts";
import { CONFIG } from "../support/world.ts";

export const MINUTE_MS = 60_000;
export const URL_OF_PORT = "https://acme-8080.plane.test/";

export interface CaptureOptions {
  readonly url?: string;
  readonly streams?: readonly string[];
  readonly remembered?: RememberedWebhook | undefined;
  readonly fetch?: typeof fetch;
}

export type RegistrationWorld = Awaited<ReturnType<typeof registrationWorld>>;

/** An account with other webhooks, and captures that register theirs in it. Dispose of it with `await using`. */
export async function registrationWorld(options: Partial<EmulatorOptions> = {}) {
  const clock = new TestClock();
  const emulator = await startEmulator({
    clock: clock.truth,
    limit: null,
    ...options,
    account: { calls: 0, contacts: 0, webhooks: 3, ...options.account },
  });
  const { webhooks } = emulator.account;
  const foreign = structuredClone(webhooks.listed);
  const stopping: (() => Promise<void>)[] = [];

  const startCapture = ({ url = URL_OF_PORT, streams = ["calls"], ...others }: CaptureOptions = {}) => {
    const looks: Look[] = [];
    const lines: string[] = [];
    const redactor = new Redactor([CONFIG.api_id, CONFIG.api_token]);
    const destination = new Writable({
      write: (chunk, _, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const log = jsonLog({ level: "debug", redactor }, clock.now, () => destination);
    const ports = {
      clock,
      random: () => 0.5,
      fetch: takingTime(clock, others.fetch ?? emulator.fetch, 0),
      log,
    };
    const credentials = { apiId: CONFIG.api_id, apiToken: CONFIG.api_token };
    const budget = new RequestBudget({ requests: 1_000_000, windowMs: 60_000, clock });
    const stop = new AbortController();
    const { signal } = stop;
    const client = { credentials, origin: emulator.url, budget, ports, redactor };
    const address = eventsAddress(url, CONFIG.api_id, CONFIG.api_token);
    const capture = {
      address,
      looks,
      lines,
      remembered: others.remembered,
      /** The warnings in the log. */
      warnings: () => lines.map((line) => JSON.parse(line)).filter(({ level }) => level === "warn"),
      states: () => looks.map(({ state }) => state),
      /** The webhooks at the address of this capture. */
      own: () => webhooks.listed.filter((webhook) => webhook.url === address),
      stop: async () => {
        stop.abort();
        await running;
      },
    };
    const registration = new Registration({
      webhooks: new AircallWebhooks({ client, signal, purpose: "webhook" }),
      address,
      events: wantedEvents(streams),
      remembered: others.remembered,
      onRemembered: (webhook) => {
        capture.remembered = webhook;
      },
      onLook: (look) => looks.push(look),
      redactor,
      ports,
      signal,
    });
    const running = registration.run();
    stopping.push(capture.stop);
    return Object.assign(capture, { registration });
  };

  return {
    clock,
    emulator,
    webhooks,
    /** The webhooks of others, as they were in the beginning. */
    foreign,
    startCapture,
    pass: (durationMs: number) => clock.runUntil(clock.now() + durationMs),
    /** The requests since the last call, such as `GET /v1/webhooks`. */
    requests: () => {
      const sent = emulator.requests.recent.map(
        ({ method, target }) => `${method} ${target.split("?")[0]?.replace(/[0-9a-f-]{36}$/, ":id")}`,
      );
      emulator.requests.clear();
      return sent;
    },
    [Symbol.asyncDispose]: async () => {
      for (const stop of stopping) await stop();
      await emulator.close();
    },
  };
}
