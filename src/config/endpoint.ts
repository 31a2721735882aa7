import Type, { type Static } from "typebox";
import { isJsonObject } from "../shared/json.ts";
import { parseConfig } from "./parse.ts";

const DEFAULT_START_DATE = "2023-01-01T00:00:00.000Z";
const DEFAULT_REQUESTS_PER_MINUTE = 100;

/**
 * The endpoint configuration: what a person tells the connector about the account. Names, defaults
 * and secrets are those of the connector that this one replaces, so that its configs go on working. A
 * start date that is missing is the default one.
 */
export const EndpointSchema = Type.Object(
  {
    api_id: Type.String({
      title: "API ID",
      description:
        "The ID of your API key. Create one at https://dashboard.aircall.io/integrations/api-keys.",
      secret: true,
      order: 0,
      minLength: 1,
    }),
    api_token: Type.String({
      title: "API Token",
      description: "The token of your API key. Aircall shows it once, when you create the key.",
      secret: true,
      order: 1,
      minLength: 1,
    }),
    start_date: Type.String({
      title: "Start Date",
      description:
        "Calls that started before this date are left out. Aircall itself keeps about six months of calls, so an earlier date captures all there is.",
      format: "date-time",
      default: DEFAULT_START_DATE,
      order: 2,
    }),
    advanced: Type.Optional(
      Type.Object(
        {
          requests_per_minute: Type.Optional(
            Type.Integer({
              title: "Requests per Minute",
              description:
                "How many requests the connector may send in a minute. Aircall allows about 120 to the whole company; what you leave is for your other integrations.",
              minimum: 1,
              default: DEFAULT_REQUESTS_PER_MINUTE,
              order: 0,
            }),
          ),
        },
        {
          title: "Advanced",
          description: "You rarely need to change these.",
          advanced: true,
          order: 3,
        },
      ),
    ),
  },
  { $schema: "http://json-schema.org/draft-07/schema#", title: "Aircall", additionalProperties: true },
);

type EndpointSchema = Static<typeof EndpointSchema>;

export interface EndpointConfig {
  readonly apiId: string;
  readonly apiToken: string;
  readonly startSeconds: number;
  readonly requestsPerMinute: number;
}

/** Throws a `ConfigError` that names the property and what is wrong with it, and never its value if that is secret. */
export function parseEndpointConfig(config: unknown): EndpointConfig {
  const complete = isJsonObject(config) ? { start_date: DEFAULT_START_DATE, ...config } : config;
  const parsed: EndpointSchema = parseConfig(EndpointSchema, complete, "endpoint config");
  return {
    apiId: parsed.api_id,
    apiToken: parsed.api_token,
    startSeconds: Math.floor(Date.parse(parsed.start_date) / 1000),
    requestsPerMinute: parsed.advanced?.requests_per_minute ?? DEFAULT_REQUESTS_PER_MINUTE,
  };
}
