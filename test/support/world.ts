import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index.ts";
import { AircallReader, RequestBudget } from "../../src/aircall/index.ts";
import { Connector } from "../../src/connector.ts";
import type { Log, Ports } from "../../src/shared/ports.ts";
import { Redactor } from "../../src/shared/redactor.ts";
import { TestClock, takingTime } from "./clock.ts";

/** The credentials that the emulator knows, as an endpoint config. */
export const CONFIG = { api_id: "emulator-id", api_token: "emulator-token" };

/** A log that remembers its lines as `level message`, but for those of single requests. */
export function rememberingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => {
    lines.push(`${level} ${message}`);
  };
  const debug = (message: string) =>
    void (/^(GET|POST|PUT|DELETE) /.test(message) || lines.push(`debug ${message}`));
  return { lines, debug, info: at("info"), warn: at("warn"), error: at("error") };
}

export function testPorts(
  clock = new TestClock(),
): Ports & { readonly log: ReturnType<typeof rememberingLog> } {
  return { clock, random: () => 0.5, fetch, log: rememberingLog() };
}

/** The request budget counts over no time at all, so it holds up nothing. */
const UNHURRIED_MS = 0;

/** A connector that reads the emulator inside this process, in the time of the clock. */
export function connectorTo(
  emulator: Emulator,
  clock: TestClock,
  ports: Partial<Ports> = {},
  rateWindowMs = UNHURRIED_MS,
): Connector {
  const fetch = takingTime(clock, emulator.fetch, 0);
  const allPorts = { ...testPorts(clock), fetch, ...ports };
  return new Connector({ ports: allPorts, origin: emulator.url, rateWindowMs });
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/**
 * An emulator in moved time, a connector that reads it inside this process, and a reader that reads it over
 * HTTP. Dispose of it with `await using`.
 */
export async function startWorld(options: Partial<EmulatorOptions> = {}, clock = new TestClock()) {
  const emulator = await startEmulator({ clock: clock.truth, limit: null, ...options });
  const ports = testPorts(clock);
  const origin = emulator.url;
  const budget = new RequestBudget({ requests: 1_000_000, windowMs: 60_000, clock });
  const credentials = { apiId: CONFIG.api_id, apiToken: CONFIG.api_token };
  return {
    clock,
    ports,
    emulator,
    connector: connectorTo(emulator, clock, { log: ports.log }),
    reader: (signal = new AbortController().signal) =>
      new AircallReader({ client: { credentials, origin, budget, ports, redactor: new Redactor() }, signal }),
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}
