import { ConfigError } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { validated } from "../shared/validated.ts";
import {
  DEFAULT_REQUESTS_PER_MINUTE,
  DEFAULT_REREAD_CALLS_AFTER,
  DEFAULT_REREAD_INSIGHTS_AFTER,
  DEFAULT_REREAD_REQUESTS_PER_PASS,
  DEFAULT_SPARE_SHARE,
  DEFAULT_START_DATE,
  EndpointSchema,
} from "../spec.ts";
import { isNoDuration, parseDurationMs } from "./duration.ts";
import { parseEventsUrl } from "./events-url.ts";
import { nestedConfig } from "./nesting.ts";
import { withoutPatterns } from "./patterns.ts";
import { type PersonalData, parsePersonalData } from "./personal-data.ts";
import { normalizedStart, startSecondsOf } from "./start-date.ts";

export interface EndpointConfig {
  readonly apiId: string;
  readonly apiToken: string;
  readonly startSeconds: number;
  readonly requestsPerMinute: number;
  /** At which ages calls are read again. */
  readonly rereadAfterSeconds: readonly number[];
  /** At which ages of calls the insights that can change are read again. */
  readonly rereadInsightsAfterSeconds: readonly number[];
  /** Of the requests a minute, 0 to 100: what may be spent on reading calls again between the ages. */
  readonly sparePercent: number;
  /** Up to how many requests a pass may take to read all calls within reach of the ages again. */
  readonly rereadRequestsPerPass: number;
  readonly personalData: PersonalData;
  /** Where Aircall reaches the capture's port, without a slash at its end. Absent where no events are received. */
  readonly eventsUrl?: string | undefined;
}

const SCHEMA = withoutPatterns(EndpointSchema);

/**
 * Reads an endpoint config; a missing start date becomes the default one. Throws a `ConfigError` that names
 * each invalid property and what is wrong with it, and repeats no secret.
 */
export function parseEndpointConfig(config: unknown): EndpointConfig {
  const nested = nestedConfig(config);
  const parsed = validated(SCHEMA, isJsonObject(nested) ? normalized(nested) : nested, invalid);
  const inKey = (["api_id", "api_token"] as const).filter((property) => /\s/.test(parsed[property]));
  if (inKey.length > 0)
    throw invalid(`${inKey.join(" and ")} must have no space or line break in it; copy it again`);
  return {
    apiId: parsed.api_id,
    apiToken: parsed.api_token,
    startSeconds: startSecondsOf(parsed.start_date),
    rereadAfterSeconds: agesOf("reread_calls_after", parsed.advanced, DEFAULT_REREAD_CALLS_AFTER),
    rereadInsightsAfterSeconds: agesOf(
      "reread_insights_after",
      parsed.advanced,
      DEFAULT_REREAD_INSIGHTS_AFTER,
    ),
    sparePercent: parsed.advanced?.spare_share ?? DEFAULT_SPARE_SHARE,
    rereadRequestsPerPass: parsed.advanced?.reread_requests_per_pass ?? DEFAULT_REREAD_REQUESTS_PER_PASS,
    personalData: parsePersonalData(parsed.advanced?.personal_data),
    eventsUrl: parseEventsUrl(parsed.advanced?.events_url),
    requestsPerMinute: parsed.advanced?.requests_per_minute ?? DEFAULT_REQUESTS_PER_MINUTE,
  };
}

type Ages = "reread_calls_after" | "reread_insights_after";

function agesOf(
  property: Ages,
  advanced: { readonly [Property in Ages]?: readonly string[] } = {},
  otherwise: readonly string[],
): number[] {
  const ages = advanced[property] ?? otherwise;
  return ages.map((age) => parseDurationMs(`advanced.${property}`, age) / 1000);
}

const invalid = (faults: string) => new ConfigError(`The endpoint config is not valid: ${faults}.`);

/**
 * The config without the white space around its key, which comes from copying, without what a form leaves of a
 * property that was emptied, and with a start date that has the format of the schema if it is an instant in any of the
 * spellings that are read.
 */
function normalized(config: JsonObject): JsonObject {
  const { api_id, api_token, advanced } = config;
  const start_date = config.start_date || DEFAULT_START_DATE;
  return {
    ...config,
    ...(isJsonObject(advanced) && { advanced: withoutEmptied(advanced) }),
    ...(typeof api_id === "string" && { api_id: api_id.trim() }),
    ...(typeof api_token === "string" && { api_token: api_token.trim() }),
    start_date: normalizedStart(start_date),
  };
}

function withoutEmptied({
  reread_calls_after: ofCalls,
  reread_insights_after: ofInsights,
  personal_data: personal,
  ...others
}: JsonObject): JsonObject {
  const calls = withoutEmptiedAges(ofCalls);
  const insights = withoutEmptiedAges(ofInsights);
  return {
    ...others,
    ...(calls !== undefined && { reread_calls_after: calls }),
    ...(insights !== undefined && { reread_insights_after: insights }),
    ...(personal !== undefined && { personal_data: withoutEmptyKey(personal) }),
  };
}

/** A list of ages that were all emptied is not set; an empty list is a list without ages. */
function withoutEmptiedAges(ages: Json | undefined): Json | undefined {
  if (!Array.isArray(ages) || ages.length === 0) return ages;
  const left = ages.filter((age) => !isNoDuration(age));
  return left.length === 0 ? undefined : left;
}

function withoutEmptyKey(personal: Json): Json {
  if (!isJsonObject(personal) || personal.hash_key !== "") return personal;
  const { hash_key: _, ...others } = personal;
  return others;
}
