import { type EmulatorOptions, startEmulator } from "../../emulator/index.ts";
import { AircallReader, RequestBudget } from "../../src/aircall/index.ts";
import { Connector } from "../../src/connector.ts";
import type { Log, Ports } from "../../src/shared/ports.ts";
import { TestClock } from "./clock.ts";

/** The credentials that the emulator knows, as an endpoint config. */
export const CONFIG = { api_id: "emulator-id", api_token: "emulator-token" };

/** A log that remembers its lines as `level message`. */
export function rememberingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => {
    lines.push(`${level} ${message}`);
  };
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export function testPorts(
  clock = new TestClock(),
): Ports & { readonly log: ReturnType<typeof rememberingLog> } {
  return { clock, random: () => 0.5, fetch, log: rememberingLog() };
}

/** An emulator, and a connector and a reader that talk to it in the same, moved time. Dispose of it with `await using`. */
export async function startWorld(options: Partial<EmulatorOptions> = {}, clock = new TestClock()) {
  const ports = testPorts(clock);
  const emulator = await startEmulator({ clock, limit: null, ...options });
  const origin = emulator.url;
  const budget = new RequestBudget({ requests: 1_000_000, windowMs: 60_000, clock });
  const credentials = { apiId: CONFIG.api_id, apiToken: CONFIG.api_token };
  return {
    clock,
    ports,
    emulator,
    connector: new Connector({ ports, origin, rateWindowMs: 60_000 }),
    reader: (signal = new AbortController().signal) =>
      new AircallReader({ client: { credentials, origin, budget, ports }, signal }),
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}
