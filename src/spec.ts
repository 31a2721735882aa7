/**
 * The configuration schemas, as JSON Schema. They are apart from the code that reads configs, because
 * Flow requests the schemas alone, and often. Types are derived from them where configs are read.
 */

export const DEFAULT_START_DATE = "2023-01-01T00:00:00.000Z";
export const DEFAULT_REQUESTS_PER_MINUTE = 100;
/** What Aircall allows to a company. More would block the company for a minute, again and again. */
const MOST_REQUESTS_PER_MINUTE = 120;
/** Half an hour catches most edits, 30 days nearly all; each age is a few times the one before. */
export const DEFAULT_REREAD_CALLS_AFTER = ["PT30M", "PT6H", "P1D", "P3D", "P7D", "P30D"] as const;
/** Users correct what Aircall has written, and evaluate calls, within days. */
export const DEFAULT_REREAD_INSIGHTS_AFTER = ["P7D"] as const;
/** In percent of the allowance. */
export const DEFAULT_SPARE_SHARE = 33;
/** Of 50 calls each: some minutes of a pass. */
export const DEFAULT_REREAD_REQUESTS_PER_PASS = 600;
export const DEFAULT_SYNC_MODE = "incremental";

/** A key that can be guessed undoes the hashes. */
const SHORTEST_HASH_KEY = 16;

/** The pages of this project for each protocol. OWNER stands for the publisher of the connector, as in the names of its images. */
export const DOCUMENTATION = "https://github.com/OWNER/source-aircall/blob/main/docs";

/** What a duration may look like in a form, which may also be emptied: "PT" is what Estuary's leaves then. */
const DURATION_OR_EMPTIED = "^(P([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)?$";

const DAY_OR_INSTANT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}.*)?$";

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

/** Closed, unlike the rest: a misspelt property would leave personal data in the output. */
export const PersonalDataSchema = {
  type: "object",
  title: "Personal Data",
  description:
    "Whether phone numbers, email addresses and names are kept, hashed or dropped before documents leave the connector, and whether texts are kept or dropped. Equal values have equal hashes, so hashed values can still be counted and joined. Tags and recordings are not redacted.",
  additionalProperties: false,
  default: {},
  order: 5,
  required: [],
  properties: {
    phone_numbers: redaction(
      "Phone Numbers",
      "Phone numbers of callers, called parties and contacts. Your company's own numbers are always kept.",
      0,
    ),
    emails: redaction("Email Addresses", "Email addresses of contacts and users.", 1),
    names: redaction("Names", "Names of contacts and users.", 2),
    texts: {
      type: "string",
      title: "Texts",
      description:
        "What people wrote or said: text messages and their media, comments on calls, notes on contacts, transcripts, summaries and answers to voice agents.",
      enum: ["keep", "drop"],
      default: "keep",
      order: 3,
    },
    hash_key: {
      type: "string",
      title: "Hash Key",
      description:
        "A secret of at least 16 characters, required if anything is hashed. Anyone who has it can find the value behind a hash by trying candidates. A different key produces different hashes.",
      secret: true,
      minLength: SHORTEST_HASH_KEY,
      order: 4,
    },
    streams: {
      type: "array",
      title: "Streams",
      description:
        "Names of the streams to redact, such as calls and contacts. An empty list, which is the default, means all streams.",
      items: { type: "string", examples: ["calls", "contacts"] },
      default: [],
      order: 5,
    },
  },
} as const;

/**
 * The endpoint configuration: the account, its credentials, and how it is read. Names, defaults and
 * secrets are those of the connector that this one replaces, so that its configs keep working.
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
      description: "ID of your API key. Create a key at https://dashboard.aircall.io/integrations/api-keys.",
      secret: true,
      order: 0,
      minLength: 1,
    },
    api_token: {
      type: "string",
      title: "API Token",
      description: "Token of your API key. Aircall shows it only once, when you create the key.",
      secret: true,
      order: 1,
      minLength: 1,
    },
    start_date: {
      type: "string",
      title: "Start Date",
      description:
        "Calls that started before this date are not captured: a day, or a date and time, in UTC unless a time zone is given. Aircall keeps about six months of calls, so an earlier date captures all of them. If you enter an earlier date later, the calls that were left out are captured.",
      format: "date-time",
      pattern: DAY_OR_INSTANT,
      examples: ["2026-01-31", "2026-01-31T00:00:00Z"],
      default: DEFAULT_START_DATE,
      order: 2,
    },
    advanced: {
      type: "object",
      title: "Advanced",
      description: "Settings that rarely need a change.",
      advanced: true,
      default: {},
      order: 3,
      required: [],
      properties: {
        requests_per_minute: {
          type: "integer",
          title: "Requests per Minute",
          description:
            "How many requests the connector may send per minute, at most 120. Aircall allows 120 per minute to the whole company; the rest is left to your other integrations. Default: 100.",
          minimum: 1,
          maximum: MOST_REQUESTS_PER_MINUTE,
          default: DEFAULT_REQUESTS_PER_MINUTE,
          order: 0,
        },
        reread_calls_after: {
          type: "array",
          title: "Re-read Calls After",
          description:
            "Ages at which each call is read again, as ISO 8601 durations such as PT6H or P7D. Calls gain tags, comments and recordings, and Aircall does not report the change. Changes after the last age are not captured. Each age costs one request per 50 calls. Calls are always polled until they are half an hour old. Default: PT30M, PT6H, P1D, P3D, P7D and P30D; a list that you enter replaces all of them.",
          items: {
            type: "string",
            format: "duration",
            pattern: DURATION_OR_EMPTIED,
            examples: ["PT6H", "P7D"],
          },
          maxItems: 20,
          default: DEFAULT_REREAD_CALLS_AFTER,
          order: 1,
        },
        reread_insights_after: {
          type: "array",
          title: "Re-read Insights After",
          description:
            "Ages of calls at which their action items, custom summaries, playbook results and evaluations are read again, as ISO 8601 durations such as P1D or P7D. Each age costs one request per call and stream, and only what has changed is captured. Other insights never change. Calls without an insight are asked for it at these ages too, whatever the kind. Default: P7D; a list that you enter replaces it.",
          items: {
            type: "string",
            format: "duration",
            pattern: DURATION_OR_EMPTIED,
            examples: ["P1D", "P7D"],
          },
          maxItems: 20,
          default: DEFAULT_REREAD_INSIGHTS_AFTER,
          order: 2,
        },
        spare_share: {
          type: "integer",
          title: "Spare Share",
          description:
            "Percent of the requests per minute, from 0 to 100, that a capture that follows the account may use to read calls again between the ages, when nothing else needs them and no events name what changes. Calls up to the last age are then read in a cycle, younger ones more often. 0 reads calls again at the ages only. Default: 33.",
          minimum: 0,
          maximum: 100,
          default: DEFAULT_SPARE_SHARE,
          order: 3,
        },
        reread_requests_per_pass: {
          type: "integer",
          title: "Re-read Requests per Pass",
          description:
            "A run that makes one pass and ends, as in Airbyte or Singer, reads all calls up to the last age again if that takes no more than this number of requests, of 50 calls each. Otherwise, and with 0, it reads only the calls again that have come to an age. Default: 600, that is 30,000 calls.",
          minimum: 0,
          default: DEFAULT_REREAD_REQUESTS_PER_PASS,
          order: 4,
        },
        personal_data: PersonalDataSchema,
        events_url: {
          type: "string",
          title: "Events URL",
          description:
            "Public https address that leads to the capture's port for events, as Flow shows it after the first publish. Aircall then announces changes, and they are captured within seconds. The connector keeps one webhook of the account pointing there, which is all that it ever writes to Aircall. Empty, no port is opened and changes are captured by polling alone.",
          pattern: "^$|^https://|^http://(localhost|127\\.|\\[::1\\])",
          examples: ["https://aircall.example.com"],
          default: "",
          order: 6,
        },
      },
    },
  },
} as const;

/**
 * The resource configuration: which stream a binding captures, and how. Existing captures have the
 * first four properties; `namespace` and `cursorField` have no effect any more.
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
      description: "The stream that this binding captures, such as calls.",
      "x-collection-name": true,
      order: 0,
    },
    syncMode: {
      type: "string",
      enum: ["incremental", "full_refresh"],
      title: "Sync Mode",
      description:
        "With full_refresh, all calls are read again once a day in addition to changes, and the daily full scan captures every contact again. All other streams are read whole in either mode.",
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
      description:
        "Time from one poll of the stream to the next, as an ISO 8601 duration such as PT5M. Empty, or 0s, means the stream's own default.",
      format: "duration",
      pattern: DURATION_OR_EMPTIED,
      examples: ["PT5M", "PT12H", "P1D"],
      order: 2,
    },
    start_date: {
      type: "string",
      title: "Start Date",
      description:
        "Calls that started before this date are not captured by this binding: a day, or a date and time. Takes the place of the start date of the endpoint. A binding of insights has those of the calls since this date, by default 30 days before its first run: each costs a request, so a longer history takes hours.",
      format: "date-time",
      pattern: `^$|${DAY_OR_INSTANT}`,
      examples: ["2026-01-31"],
      order: 3,
    },
  },
} as const;

/** The strings at these pointers of a resource config are the binding's resource path. */
const RESOURCE_PATH_POINTERS = ["/namespace", "/stream"] as const;

/** The schemas in Flow's `spec` response. They need neither a config nor the network, and never vary. */
export function spec() {
  return {
    configSchema: EndpointSchema,
    resourceConfigSchema: ResourceSchema,
    resourcePathPointers: RESOURCE_PATH_POINTERS,
  };
}
