import { ConfigError } from "../errors.ts";
import { parseInstant } from "../shared/instant.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import { validated } from "../shared/validated.ts";
import {
  DEFAULT_REQUESTS_PER_MINUTE,
  DEFAULT_REREAD_CALLS_AFTER,
  DEFAULT_START_DATE,
  EndpointSchema,
} from "../spec.ts";
import { parseDurationMs } from "./duration.ts";
import { type PersonalData, parsePersonalData } from "./personal-data.ts";

export interface EndpointConfig {
  readonly apiId: string;
  readonly apiToken: string;
  readonly startSeconds: number;
  readonly requestsPerMinute: number;
  /** At which ages calls are read again. */
  readonly rereadAfterSeconds: readonly number[];
  readonly personalData: PersonalData;
}

/**
 * The earliest start: Aircall counts `from` in seconds since 1970, and the second before the start is the latest that
 * is left out.
 */
const EARLIEST_START_SECONDS = 1;

/**
 * Reads an endpoint config; a missing start date becomes the default one. Throws a `ConfigError` that names
 * each invalid property and what is wrong with it, and repeats no secret.
 */
export function parseEndpointConfig(config: unknown): EndpointConfig {
  const parsed = validated(EndpointSchema, isJsonObject(config) ? normalized(config) : config, invalid);
  const inKey = (["api_id", "api_token"] as const).filter((property) => /\s/.test(parsed[property]));
  if (inKey.length > 0)
    throw invalid(`${inKey.join(" and ")} must have no space or line break in it; copy it again`);
  const rereadAfter = parsed.advanced?.reread_calls_after ?? DEFAULT_REREAD_CALLS_AFTER;
  return {
    apiId: parsed.api_id,
    apiToken: parsed.api_token,
    startSeconds: startSeconds(parsed.start_date),
    rereadAfterSeconds: rereadAfter.map((age) => parseDurationMs("advanced.reread_calls_after", age) / 1000),
    personalData: parsePersonalData(parsed.advanced?.personal_data),
    requestsPerMinute: parsed.advanced?.requests_per_minute ?? DEFAULT_REQUESTS_PER_MINUTE,
  };
}

const invalid = (faults: string) => new ConfigError(`The endpoint config is not valid: ${faults}.`);

/**
 * The config without the white space around its key, which comes from copying, and with a start date that has the
 * format of the schema if it is an instant in any of the spellings that are read.
 */
function normalized(config: JsonObject): JsonObject {
  const { api_id, api_token, start_date = DEFAULT_START_DATE } = config;
  const startMs = typeof start_date === "string" ? parseInstant(start_date.trim()) : undefined;
  return {
    ...config,
    ...(typeof api_id === "string" && { api_id: api_id.trim() }),
    ...(typeof api_token === "string" && { api_token: api_token.trim() }),
    start_date: startMs === undefined ? start_date : new Date(startMs).toISOString(),
  };
}

function startSeconds(startDate: string): number {
  return Math.max(EARLIEST_START_SECONDS, Math.floor((parseInstant(startDate) ?? Number.NaN) / 1000));
}
