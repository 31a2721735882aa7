import { ConfigError } from "../errors.ts";

const AIRCALL_ORIGIN = "https://api.aircall.io";
const MINUTE_MS = 60_000;
const EVENTS_PORT = 8080;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the API is. The credentials go there with every request, so only https or this machine will do. The paths of
 * the API are fixed, and the key comes from the config, so nothing but a host can be used of an address.
 */
export function readOrigin(env: Environment): string {
  const address = env.AIRCALL_API_URL?.trim();
  if (!address) return AIRCALL_ORIGIN;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (!url || !isSafe)
    throw new ConfigError("AIRCALL_API_URL must be an https address, or an http address of this machine.");
  if (url.href === `${url.origin}/` && !/[?#]/.test(address)) return url.origin;
  throw new ConfigError(
    `AIRCALL_API_URL must be no more than a scheme, a host and a port, such as ${AIRCALL_ORIGIN}: no path, no query, no user and no password.`,
  );
}

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Where the connector listens for events. */
export interface EventsPort {
  /** Left out, this machine alone where the address of the events is one of this machine, and all networks otherwise. */
  readonly host?: string;
  readonly port: number;
}

/** Throws a `ConfigError` for a port that is no number from 0, which means any free port, to 65535. */
export function readEventsPort(env: Environment): EventsPort {
  const { AIRCALL_EVENTS_PORT: port = String(EVENTS_PORT), AIRCALL_EVENTS_HOST: host } = env;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new ConfigError("AIRCALL_EVENTS_PORT must be a port, from 0 to 65535.");
  return { port: Number(port), ...(host && { host }) };
}

/** The file of an account must not take in the rows of an emulator, whose port changes from run to run. */
export function sourceName(origin: string): string {
  return isLoopback(new URL(origin).hostname) ? "an emulator on this machine" : origin;
}

/** How fast requests follow each other. Tests and the demo shorten these times; nothing else should. */
export interface Pace {
  /** The time over which the request budget counts. */
  readonly rateWindowMs: number;
  /** The ceiling of the first random wait before a request is sent again; left out, the retry policy's. */
  readonly retryWaitMs?: number;
}

/** Throws a `ConfigError` for a time that is no positive number of milliseconds. */
export function readPace(env: Environment): Pace {
  const retryWaitMs = readMs(env, "AIRCALL_RETRY_WAIT_MS");
  return {
    rateWindowMs: readMs(env, "AIRCALL_RATE_WINDOW_MS") ?? MINUTE_MS,
    ...(retryWaitMs !== undefined && { retryWaitMs }),
  };
}

function readMs(env: Environment, name: string): number | undefined {
  if (!env[name]) return undefined;
  const value = Number(env[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new ConfigError(`${name} must be a positive number of milliseconds.`);
}
