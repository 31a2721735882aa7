import { localConfig, readOrigin, sourceName } from "../config/index.ts";
import { type Connector, connectorFor } from "../connector.ts";
import type { JsonObject } from "../shared/json.ts";
import { readJsonObjectFile } from "../shared/json-file.ts";
import type { Log } from "../shared/ports.ts";
import type { CliContext } from "./context.ts";

/** What the commands that read an account share. */
export interface Account {
  readonly connector: Connector;
  /** The endpoint config. */
  readonly config: JsonObject;
  /** The API that the rows come from, as the file of a capture records it. */
  readonly source: string;
}

export interface AccountOptions {
  /** The path of a config file. */
  readonly config?: string | undefined;
  readonly startDate?: string | undefined;
  readonly eventsUrl?: string | undefined;
}

/** The account that options, environment and config file name. Throws a `ConfigError` that names what is missing or invalid. */
export async function openAccount(
  { env, ports, redactor }: CliContext,
  log: Log,
  { config: path, startDate, eventsUrl }: AccountOptions = {},
): Promise<Account> {
  const file = path === undefined ? undefined : { path, content: await readJsonObjectFile(path, "config") };
  const config = localConfig({ startDate, eventsUrl, env, file });
  const connector = connectorFor(env, { ...ports, log }, redactor);
  connector.checkConfig(config);
  return { connector, config, source: sourceName(readOrigin(env)) };
}
