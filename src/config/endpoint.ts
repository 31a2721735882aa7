import { ConfigError } from "../errors.ts";
import { faultsIn } from "../shared/faults.ts";
import { isJsonObject } from "../shared/json.ts";
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

/** What keeps a text from being a start date, in a clause that begins with "it"; `undefined` for one that can be used. */
export function startDateProblem(text: string): string | undefined {
  return faultsIn(EndpointSchema.properties.start_date, text)[0];
}

/**
 * Reads an endpoint config; a missing start date becomes the default one. Throws a `ConfigError` that names
 * each invalid property and what is wrong with it, and repeats no secret.
 */
export function parseEndpointConfig(config: unknown): EndpointConfig {
  const complete = isJsonObject(config) ? { start_date: DEFAULT_START_DATE, ...config } : config;
  const parsed = validated(
    EndpointSchema,
    complete,
    (faults) => new ConfigError(`The endpoint config is not valid: ${faults}.`),
  );
  const rereadAfter = parsed.advanced?.reread_calls_after ?? DEFAULT_REREAD_CALLS_AFTER;
  return {
    apiId: parsed.api_id,
    apiToken: parsed.api_token,
    startSeconds: Math.floor(Date.parse(parsed.start_date) / 1000),
    rereadAfterSeconds: rereadAfter.map((age) => parseDurationMs("advanced.reread_calls_after", age) / 1000),
    personalData: parsePersonalData(parsed.advanced?.personal_data),
    requestsPerMinute: parsed.advanced?.requests_per_minute ?? DEFAULT_REQUESTS_PER_MINUTE,
  };
}
