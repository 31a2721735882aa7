import { type Command, InvalidArgumentError } from "commander";
import { parseDurationMs, parseStreamName, refuseFutureStart } from "../config/index.ts";
import { ConfigError } from "../errors.ts";
import { addressProblem, isServerAddress, schemaProblem } from "../local/index.ts";
import { parseInstant } from "../shared/instant.ts";
import type { StatusAddress } from "../status/index.ts";
import {
  type InsightName,
  insightNames,
  isInsight,
  requestedStreamNames,
  type StreamName,
  streamNames,
} from "../streams/index.ts";
import { DATABASES, FILES, targetProblem } from "./target.ts";

/** Each copy writes the whole file. */
const SHORTEST_SNAPSHOT_INTERVAL_MS = 10_000;

const HIGHEST_PORT = 65_535;

const LOOPBACK = "127.0.0.1";
const STATUS_ADDRESS = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d+)$/i;

/** The option of all commands that read an account: its flags and its description. */
export const CONFIG_OPTION = [
  "--config <file>",
  "endpoint config as JSON, see source-aircall spec; options override the environment, which overrides this file",
] as const;

/** The path of a DuckDB file, or the address of a PostgreSQL database. */
export function parseTarget(value: string, command: Command): string {
  const problem = isServerAddress(value) ? addressProblem(value) : targetProblem(value, FILES + DATABASES);
  return problem === undefined ? value : refuseTarget(value, problem, command);
}

/** The path of a DuckDB file, as the value of an option. */
export function parseFile(value: string, command: Command, option = "--to"): string {
  const problem = targetProblem(value, FILES);
  return problem === undefined ? value : refuseTarget(value, problem, command, option);
}

/** An address is not repeated: it may have a password in it. */
function refuseTarget(value: string, problem: string, command: Command, option = "--to"): never {
  if (!/:\/\/|:.*@|password/is.test(value)) throw new InvalidArgumentError(problem);
  const flags = command.options.find(({ long }) => long === option)?.flags;
  return command.error(`error: the address of option '${flags}' is invalid. ${problem}`);
}

/** The name of a schema in a PostgreSQL database. */
export function parseSchema(value: string): string {
  const problem = schemaProblem(value);
  if (problem === undefined) return value;
  throw new InvalidArgumentError(problem);
}

/** The streams that a command is to read, or `all` of those that it can. */
export type AskedStreams = readonly StreamName[] | "all";

/**
 * `all`, or names such as `calls,users`, in the registry's order and each once. As the other parsers here, it throws what
 * commander reports with the name of the option, and as a wrong command line.
 */
export function parseStreams(value: string): AskedStreams {
  const names = value.split(",").map((name) => name.trim());
  if (names.includes("all")) return "all";
  const asked = new Set(names.map(parseStream));
  return streamNames.filter((name) => asked.has(name));
}

/** The streams that are asked for; of all, those of events only where events are received. */
export function askedStreams(
  asked: AskedStreams,
  { receivesEvents }: { readonly receivesEvents: boolean },
): readonly StreamName[] {
  if (asked !== "all") return asked;
  return receivesEvents ? streamNames : requestedStreamNames;
}

function parseStream(name: string): StreamName {
  return asArgument(() => parseStreamName(name));
}

/** `none`, or names of streams of insights. */
export function parseAddOns(value: string): readonly InsightName[] {
  if (value === "none") return [];
  const names = value.split(",").map((name) => parseStream(name.trim()));
  const other = names.find((name) => !isInsight(name));
  if (other !== undefined)
    throw new InvalidArgumentError(
      `${other} is not a stream of insights. These are ${insightNames.join(", ")}.`,
    );
  return names.filter(isInsight);
}

/** A date and time, or a day, which stands for its first instant, UTC. */
export function parseStartDate(value: string, nowMs: number): string {
  const startMs = parseInstant(value.trim());
  if (startMs === undefined)
    throw new InvalidArgumentError("It must be a date such as 2026-01-31 or 2026-01-31T00:00:00Z.");
  asArgument(() => refuseFutureStart("start date", startMs / 1000, nowMs / 1000));
  return value;
}

/** How often a file is copied, such as `PT10M`; in milliseconds. */
export function parseSnapshotInterval(value: string): number {
  const everyMs = asArgument(() => parseDurationMs("interval", value));
  if (everyMs >= SHORTEST_SNAPSHOT_INTERVAL_MS) return everyMs;
  throw new InvalidArgumentError("It must be at least PT10S: each copy writes the whole file.");
}

/** What reads a value, with its `ConfigError` as commander's. */
function asArgument<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

export function parseCount(value: string): number {
  const number = Number(value);
  if (value.trim() !== "" && Number.isInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError("It must be a whole number, 0 or greater.");
}

export function parsePercent(value: string): number {
  const percent = parseCount(value);
  if (percent <= 100) return percent;
  throw new InvalidArgumentError("It must be at most 100.");
}

/** `8090`, `127.0.0.1:8090`, `localhost:8090` or `[::1]:8090`: where a page is served. This machine, unless the address says else. */
export function parseStatusAddress(value: string): StatusAddress {
  const [, bracketed, host = bracketed, port] = STATUS_ADDRESS.exec(value.trim()) ?? [];
  if (port === undefined)
    throw new InvalidArgumentError("It must be a port, or a host and a port such as 127.0.0.1:8090.");
  return { host: host ?? LOOPBACK, port: parsePort(port) };
}

export function parsePort(value: string): number {
  const port = parseCount(value);
  if (port <= HIGHEST_PORT) return port;
  throw new InvalidArgumentError(`It must be at most ${HIGHEST_PORT}.`);
}
