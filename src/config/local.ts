import { ConfigError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import type { Environment } from "./environment.ts";
import { nestedConfig } from "./nesting.ts";

const KEY_VARIABLES = { api_id: "AIRCALL_API_ID", api_token: "AIRCALL_API_TOKEN" } as const;
const KEY_PROPERTIES = Object.keys(KEY_VARIABLES) as (keyof typeof KEY_VARIABLES)[];

export interface LocalConfigSources {
  /** The value of `--start-date`. */
  readonly startDate?: string | undefined;
  /** The value of `--events-url`. */
  readonly eventsUrl?: string | undefined;
  readonly env: Environment;
  readonly file?: { readonly path: string; readonly content: JsonObject } | undefined;
}

/**
 * The endpoint config of a local command: an option overrides the environment, which overrides the config
 * file. The key has no option, because everyone on the machine can see command lines. Throws a `ConfigError`
 * that names each missing part of the key, or the parts that belong to two keys.
 */
export function localConfig({ startDate, eventsUrl, env, file }: LocalConfigSources): JsonObject {
  if (file) checkOneKey(env, file);
  const config: JsonObject = {
    ...withEventsUrl(file?.content ?? {}, eventsUrl),
    ...(startDate !== undefined && { start_date: startDate }),
  };
  const missing: [property: string, variable: string][] = [];
  for (const [property, variable] of Object.entries(KEY_VARIABLES)) {
    if (env[variable]) config[property] = env[variable];
    else if (config[property] === undefined) missing.push([property, variable]);
  }
  if (missing.length === 0) return config;
  const properties = missing.map(([property]) => property).join(" and ");
  const variables = missing.map(([, variable]) => variable).join(" and ");
  const elsewhere = file
    ? `add ${properties} to ${file.path}`
    : "write a config file and name it with --config";
  throw new ConfigError(
    `Set ${variables} to your API key, or ${elsewhere}. Create one at https://dashboard.aircall.io/integrations/api-keys, or try "source-aircall demo", which needs none.`,
  );
}

function withEventsUrl(config: JsonObject, eventsUrl: string | undefined): JsonObject {
  if (eventsUrl === undefined) return config;
  // The file may write the property as one key, which the option overrides too.
  const { advanced = {}, ...others } = nestedConfig(config) as JsonObject;
  // The validation of the config reports what is no object.
  return { ...others, advanced: isJsonObject(advanced) ? { ...advanced, events_url: eventsUrl } : advanced };
}

/** The environment has one part of the key, and the file has both: put together, they are the parts of two keys. */
function checkOneKey(env: Environment, { path, content }: NonNullable<LocalConfigSources["file"]>): void {
  if (KEY_PROPERTIES.some((property) => content[property] === undefined)) return;
  const own = KEY_PROPERTIES.filter((property) => env[KEY_VARIABLES[property]]);
  const [property] = own;
  if (property === undefined || own.length > 1 || env[KEY_VARIABLES[property]] === content[property]) return;
  const other = property === "api_id" ? KEY_VARIABLES.api_token : KEY_VARIABLES.api_id;
  throw new ConfigError(
    `${KEY_VARIABLES[property]} is set and ${other} is not, while ${path} has a whole key: parts of two keys would be mixed. Set both variables, or neither.`,
  );
}
