import { readCredentials, readOrigin } from "../config/index.ts";
import { connectorFor } from "../connector.ts";
import type { Log } from "../shared/ports.ts";
import type { Account, CliContext } from "./context.ts";

/** The account that the environment names. */
export function accountFromEnvironment(context: CliContext, log: Log, startDate?: string): Account {
  const credentials = readCredentials(context.env);
  return openAccount(context, log, {
    origin: readOrigin(context.env),
    config: { ...credentials, ...(startDate && { start_date: startDate }) },
  });
}

export function openAccount(
  context: CliContext,
  log: Log,
  { origin, config }: Pick<Account, "origin" | "config">,
): Account {
  const env = { ...context.env, AIRCALL_API_URL: origin };
  return {
    connector: connectorFor(env, { ...context.ports, log }, context.redactor),
    config,
    origin,
  };
}
