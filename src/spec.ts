/**
 * What the connector can be told, as JSON Schema. The schemas stand apart from the code that reads
 * configs, because Flow asks for them alone and often; their types are derived where they are read.
 */

export const DEFAULT_START_DATE = "2023-01-01T00:00:00.000Z";
export const DEFAULT_REQUESTS_PER_MINUTE = 100;
/** From the last word on most calls to the last on all but a few, each some times the one before. */
export const DEFAULT_REREAD_CALLS_AFTER = ["PT30M", "PT6H", "P1D", "P3D", "P7D", "P30D"] as const;
export const DEFAULT_SYNC_MODE = "incremental";

/** A key that can be guessed undoes the hashes. */
export const SHORTEST_HASH_KEY = 16;

const JSON_SCHEMA = "http://json-schema.org/draft-07/schema#";

const redaction = <const Title extends string>(title: Title, description: string, order: number) =>
  ({
    type: "string",
    title,
    description,
    enum: ["keep", "hash", "drop"],
    default: "keep",
    order,
  }) as const;

/** Closed, unlike the rest: a property that is misspelt would leave personal data as it is. */
export const PersonalDataSchema = {
  type: "object",
  title: "Personal Data",
  description:
    "What becomes of phone numbers, email addresses and names before they leave the connector. A hash is the same for the same value, so that it can still be counted and joined. Free text, tags and recordings are not looked into.",
  additionalProperties: false,
  order: 2,
  required: [],
  properties: {
    phone_numbers: redaction(
      "Phone Numbers",
      "Numbers of the other party of a call and of contacts. Your company's own numbers are kept.",
      0,
    ),
    emails: redaction("Email Addresses", "Email addresses of contacts and users.", 1),
    names: redaction("Names", "Names of contacts and users.", 2),
    hash_key: {
      type: "string",
      title: "Hash Key",
      description:
        "A secret of 16 characters or more, needed if anything is hashed. Whoever has it can find out which value a hash stands for; another key gives other hashes.",
      secret: true,
      order: 3,
    },
    streams: {
      type: "array",
      title: "Streams",
      description:
        "Names of the streams that this holds for, such as calls and contacts. All, if there are none.",
      items: { type: "string" },
      order: 4,
    },
  },
} as const;

/**
 * The endpoint configuration: what a person tells the connector about the account. Names, defaults
 * and secrets are those of the connector that this one replaces, so that its configs go on working.
 */
export const EndpointSchema = {
  $schema: JSON_SCHEMA,
  title: "Aircall",
  type: "object",
  additionalProperties: true,
  required: ["api_id", "api_token", "start_date"],
  properties: {
    api_id: {
      type: "string",
      title: "API ID",
      description:
        "The ID of your API key. Create one at https://dashboard.aircall.io/integrations/api-keys.",
      secret: true,
      order: 0,
      minLength: 1,
    },
    api_token: {
      type: "string",
      title: "API Token",
      description: "The token of your API key. Aircall shows it once, when you create the key.",
      secret: true,
      order: 1,
      minLength: 1,
    },
    start_date: {
      type: "string",
      title: "Start Date",
      description:
        "Calls that started before this date are left out. Aircall itself keeps about six months of calls, so an earlier date captures all there is.",
      format: "date-time",
      default: DEFAULT_START_DATE,
      order: 2,
    },
    advanced: {
      type: "object",
      title: "Advanced",
      description: "You rarely need to change these.",
      advanced: true,
      order: 3,
      required: [],
      properties: {
        requests_per_minute: {
          type: "integer",
          title: "Requests per Minute",
          description:
            "How many requests the connector may send in a minute. Aircall allows about 120 to the whole company; what you leave is for your other integrations.",
          minimum: 1,
          default: DEFAULT_REQUESTS_PER_MINUTE,
          order: 0,
        },
        reread_calls_after: {
          type: "array",
          title: "Re-read Calls After",
          description:
            "How old a call is each time that it is read again, as ISO 8601 durations such as PT6H or P7D. A call gains tags, comments and recordings without Aircall telling that it changed; what it gains after the last of these ages is not seen. Each costs a request for 50 calls. Calls are always followed until they are half an hour old.",
          items: { type: "string", format: "duration" },
          maxItems: 20,
          default: DEFAULT_REREAD_CALLS_AFTER,
          order: 1,
        },
        personal_data: PersonalDataSchema,
      },
    },
  },
} as const;

/**
 * The resource configuration: which stream a binding captures, and how. The first four properties
 * are those of captures in use, of which `namespace` and `cursorField` no longer select anything.
 */
export const ResourceSchema = {
  $schema: JSON_SCHEMA,
  title: "Aircall Resource",
  type: "object",
  additionalProperties: true,
  required: ["stream", "syncMode"],
  properties: {
    stream: {
      type: "string",
      title: "Stream",
      description: "The kind of object that this binding captures.",
      "x-collection-name": true,
      order: 0,
    },
    syncMode: {
      type: "string",
      enum: ["incremental", "full_refresh"],
      title: "Sync Mode",
      description:
        "With full_refresh, calls are read whole once a day on top of what has changed, and every contact is captured again with its daily reading. The other streams are always compared whole.",
      default: DEFAULT_SYNC_MODE,
      order: 1,
    },
    namespace: {
      type: ["string", "null"],
      title: "Namespace",
      description: "Not used.",
      "x-hidden-field": true,
    },
    cursorField: {
      type: ["array", "null"],
      items: { type: "string" },
      title: "Cursor Field",
      description: "Not used.",
      "x-hidden-field": true,
    },
    interval: {
      type: "string",
      title: "Interval",
      description: "How long to rest between two looks at the stream, as an ISO 8601 duration such as PT5M.",
      format: "duration",
      order: 2,
    },
  },
} as const;

/** The strings that these pointers find in a resource config are the binding's resource path. */
const RESOURCE_PATH_POINTERS = ["/namespace", "/stream"] as const;

/** What Flow's `spec` answers about configs. It needs neither a config nor the network, and never varies. */
export function spec() {
  return {
    configSchema: EndpointSchema,
    resourceConfigSchema: ResourceSchema,
    resourcePathPointers: RESOURCE_PATH_POINTERS,
  };
}
