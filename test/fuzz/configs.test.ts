import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseEndpointConfig, parseResourceConfig } from "../../src/config/index.ts";
import { ConfigError } from "../../src/errors.ts";
import { streamNames } from "../../src/streams/index.ts";
import { draws, holdsForAll } from "../support/draws.ts";

const SECRET = "s3cret-that-nobody-may-read";

/** Parsed, or refused in a sentence that repeats no secret. */
function expectParsedOrRefused(parse: (config: unknown) => unknown, config: unknown): void {
  try {
    parse(config);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).not.toContain(SECRET);
    expect(String(error).length).toBeLessThan(5_000);
  }
}

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(SECRET, [SECRET], { [SECRET.slice(0, 3)]: SECRET }, "", 2 ** 60, -1, 0.5),
  fc
    .integer({ min: 1, max: 20_000 })
    .map((depth) => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown),
);
const secret = fc.oneof(fc.constant(SECRET), anything);
const date = fc.oneof(
  fc.constantFrom("2026-01-31T00:00:00Z", "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z"),
  anything,
);
const duration = fc.oneof(
  fc.stringMatching(/^P\d{1,30}[DWY]$/),
  fc.constantFrom("PT5M", "P0D", "PT"),
  anything,
);
const how = fc.oneof(fc.constantFrom("keep", "hash", "drop"), anything);

const endpoint = fc.record(
  {
    api_id: secret,
    api_token: secret,
    start_date: date,
    advanced: fc.oneof(
      anything,
      fc.record(
        {
          requests_per_minute: fc.oneof(fc.integer(), anything),
          reread_calls_after: fc.oneof(fc.array(duration), anything),
          reread_insights_after: fc.oneof(fc.array(duration), anything),
          spare_share: fc.oneof(fc.integer(), anything),
          reread_requests_per_pass: fc.oneof(fc.integer(), anything),
          personal_data: fc.oneof(
            anything,
            fc.record(
              {
                phone_numbers: how,
                emails: how,
                names: how,
                hash_key: secret,
                streams: fc.oneof(fc.array(fc.constantFrom(...streamNames, SECRET)), anything),
              },
              { requiredKeys: [] },
            ),
          ),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
);

const resource = fc.record(
  {
    stream: fc.oneof(fc.constantFrom(...streamNames, "__proto__", "toString"), anything),
    syncMode: fc.oneof(fc.constantFrom("incremental", "full_refresh"), anything),
    namespace: anything,
    cursorField: anything,
    interval: fc.oneof(fc.constantFrom("PT5M", "P1D"), anything),
  },
  { requiredKeys: [] },
);

describe("any config is parsed, or refused without a secret", () => {
  test("of an endpoint", () =>
    holdsForAll("endpoint configs", fc.oneof(anything, endpoint), draws(500, 5_000), async (config) => {
      expectParsedOrRefused(parseEndpointConfig, config);
    }));

  test("of a resource", () =>
    holdsForAll("resource configs", fc.oneof(anything, resource), draws(500, 5_000), async (config) => {
      expectParsedOrRefused(parseResourceConfig, config);
    }));
});
