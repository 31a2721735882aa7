import { InvalidArgumentError } from "commander";
import { parseStreamName } from "../config/index.ts";
import { type StreamName, streamNames } from "../streams/index.ts";
import { targetProblem } from "./target.ts";

const HIGHEST_PORT = 65_535;

/** Parsers of command-line values; a value that will not do is a `ConnectorError` or a wrong command line. */

/** The flags and the description of the option of all commands that read an account. */
export const CONFIG_OPTION = [
  "--config <file>",
  "endpoint config as JSON, see source-aircall spec; options override the environment, which overrides this file",
] as const;

/** The path of a DuckDB file. */
export function parseTarget(value: string): string {
  const problem = targetProblem(value);
  if (problem === undefined) return value;
  throw new InvalidArgumentError(problem);
}

/** `calls,users`, in the registry's order and each once. */
export function parseStreams(value: string): StreamName[] {
  const asked = new Set(value.split(",").map((name) => parseStreamName(name.trim())));
  return streamNames.filter((name) => asked.has(name));
}

export function parseCount(value: string): number {
  const number = Number(value);
  if (value.trim() !== "" && Number.isInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError("It must be a whole number, 0 or greater.");
}

export function parsePort(value: string): number {
  const port = parseCount(value);
  if (port <= HIGHEST_PORT) return port;
  throw new InvalidArgumentError(`It must be at most ${HIGHEST_PORT}.`);
}
