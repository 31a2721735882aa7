import { describe, expect, test } from "vitest";
import { nestedConfig, parseEndpointConfig, unknownProperties } from "../../src/config/index.ts";
import { messageOf } from "../support/config-messages.ts";

const SECRET = "s3cret-value";
const HASH_KEY = "a key that nobody guesses";
const KEY = { api_id: "id", api_token: SECRET };

describe("an endpoint config", () => {
  test("needs no more than the key", () => {
    expect(parseEndpointConfig(KEY)).toEqual({
      apiId: "id",
      apiToken: SECRET,
      startSeconds: Date.UTC(2023, 0, 1) / 1000,
      requestsPerMinute: 100,
      rereadAfterSeconds: [1_800, 21_600, 86_400, 259_200, 604_800, 2_592_000],
      rereadInsightsAfterSeconds: [604_800],
      sparePercent: 33,
      rereadRequestsPerPass: 600,
      personalData: { redactions: new Map(), streams: "all" },
    });
  });

  test("has a key without the white space around it", () => {
    const config = { api_id: " id\n", api_token: `\t${SECRET}\r\n\u00a0` };
    expect(parseEndpointConfig(config)).toMatchObject({ apiId: "id", apiToken: SECRET });
  });

  test.each(["api_id", "api_token"])("has no white space inside its %s", (property) => {
    for (const text of ["s3cret value", "s3cret\nvalue", "s3cret\u00a0value"]) {
      const message = messageOf(() => parseEndpointConfig({ ...KEY, [property]: text }));
      expect(message).toContain(`${property} must have no space or line break in it`);
      expect(message).not.toContain(text);
    }
    expect(messageOf(() => parseEndpointConfig({ ...KEY, [property]: " \n" }))).toContain(
      `${property} is empty`,
    );
  });

  test("asks for no more requests a minute than Aircall allows", () => {
    const config = (requests_per_minute: number) => ({ ...KEY, advanced: { requests_per_minute } });
    expect(parseEndpointConfig(config(120)).requestsPerMinute).toBe(120);
    for (const tooMany of [121, 1_000_000])
      expect(messageOf(() => parseEndpointConfig(config(tooMany)))).toContain(
        "advanced.requests_per_minute must be <= 120",
      );
  });

  test("limits what is read again by a share and a number, each of which may be 0", () => {
    const config = (spare_share: number, reread_requests_per_pass: number) => ({
      ...KEY,
      advanced: { spare_share, reread_requests_per_pass },
    });
    expect(parseEndpointConfig(config(0, 0))).toMatchObject({ sparePercent: 0, rereadRequestsPerPass: 0 });
    expect(parseEndpointConfig(config(100, 9_000))).toMatchObject({
      sparePercent: 100,
      rereadRequestsPerPass: 9_000,
    });
    for (const [share, requests, sentence] of [
      [101, 0, "advanced.spare_share must be <= 100"],
      [-1, 0, "advanced.spare_share must be >= 0"],
      [0.5, 0, "advanced.spare_share must be integer"],
      [0, -1, "advanced.reread_requests_per_pass must be >= 0"],
      [0, 0.5, "advanced.reread_requests_per_pass must be integer"],
    ] as const)
      expect(messageOf(() => parseEndpointConfig(config(share, requests)))).toContain(sentence);
  });

  test("says what becomes of personal data, and where", () => {
    const personal_data = {
      phone_numbers: "hash",
      emails: "drop",
      names: "keep",
      hash_key: HASH_KEY,
      streams: ["calls", "contacts"],
    };
    expect(parseEndpointConfig({ ...KEY, advanced: { personal_data } }).personalData).toEqual({
      redactions: new Map([
        ["phone_numbers", { how: "hash", key: HASH_KEY }],
        ["emails", { how: "drop" }],
      ]),
      streams: new Set(["calls", "contacts"]),
    });
  });

  test("needs no hash key where nothing is hashed, and takes no stream for every stream", () => {
    const personal_data = { names: "drop", hash_key: "", streams: [] };
    expect(parseEndpointConfig({ ...KEY, advanced: { personal_data } }).personalData).toEqual({
      redactions: new Map([["names", { how: "drop" }]]),
      streams: "all",
    });
  });

  const PERSONAL = "advanced.personal_data";

  test.each<[string, unknown, string]>([
    ["hashes without a key", { emails: "hash" }, `${PERSONAL}.hash_key is missing: ${PERSONAL}.emails`],
    ["hashes with an empty key", { emails: "hash", hash_key: "" }, `${PERSONAL}.hash_key is missing`],
    [
      "hashes with a short key",
      { names: "hash", hash_key: SECRET },
      `${PERSONAL}.hash_key must have 16 characters or more`,
    ],
    ["another redaction", { names: SECRET }, `${PERSONAL}.names`],
    ["a kind that is misspelt", { phone_number: "drop" }, `${PERSONAL}.phone_number is not a property`],
    [
      "a stream that there is not",
      { names: "drop", streams: [SECRET] },
      `${PERSONAL}.streams must be one of calls`,
    ],
    ["no object", "drop", PERSONAL],
  ])("refuses %s in the redaction of personal data", (_, personal_data, named) => {
    const message = messageOf(() => parseEndpointConfig({ ...KEY, advanced: { personal_data } }));
    expect(message).toContain(named);
    expect(message).not.toContain(SECRET);
  });

  test("says at which ages calls are read again", () => {
    const config = { ...KEY, advanced: { reread_calls_after: ["PT2H", "P2W"] } };
    expect(parseEndpointConfig(config).rereadAfterSeconds).toEqual([7_200, 1_209_600]);
  });

  test("says at which ages of calls insights are read again, which may be none", () => {
    const ages = (reread_insights_after: string[]) =>
      parseEndpointConfig({ ...KEY, advanced: { reread_insights_after } }).rereadInsightsAfterSeconds;
    expect(ages(["P1D", "P2W"])).toEqual([86_400, 1_209_600]);
    expect(ages([])).toEqual([]);
    expect(messageOf(() => ages(["P1M"]))).toContain("advanced.reread_insights_after");
  });

  test("takes what a form leaves of an emptied property for not set", () => {
    const emptied = {
      ...KEY,
      start_date: "",
      advanced: {
        reread_calls_after: ["PT", "", "PT0S"],
        reread_insights_after: ["PT"],
        personal_data: { hash_key: "" },
      },
    };
    expect(parseEndpointConfig(emptied)).toEqual(parseEndpointConfig(KEY));
    const ages = (reread_calls_after: string[]) =>
      parseEndpointConfig({ ...KEY, advanced: { reread_calls_after } }).rereadAfterSeconds;
    expect(ages(["PT6H", "PT"])).toEqual([21_600]);
    expect(ages([])).toEqual([]);
  });

  test.each(["advanced.", "advanced__", "advanced_", "advanced/"])(
    "has properties whose path is written as one key with %s",
    (prefix) => {
      const separator = prefix.replace("advanced", "");
      const config = {
        ...KEY,
        [`${prefix}requests_per_minute`]: 30,
        [`${prefix}personal_data${separator}emails`]: "drop",
        [`${prefix}personal_data`]: { names: "drop" },
      };
      expect(parseEndpointConfig(config)).toMatchObject({
        requestsPerMinute: 30,
        personalData: {
          redactions: new Map([
            ["emails", { how: "drop" }],
            ["names", { how: "drop" }],
          ]),
        },
      });
      expect(unknownProperties(nestedConfig(config))).toEqual([]);
      const inside = { ...KEY, advanced: { [`personal_data${separator}emails`]: "drop" } };
      expect(parseEndpointConfig(inside).personalData.redactions.get("emails")).toEqual({ how: "drop" });
    },
  );

  test("sets no property twice", () => {
    const twice = (flat: number) => ({
      ...KEY,
      advanced: { requests_per_minute: 30 },
      "advanced.requests_per_minute": flat,
    });
    expect(parseEndpointConfig(twice(30)).requestsPerMinute).toBe(30);
    expect(messageOf(() => parseEndpointConfig(twice(40)))).toContain(
      "advanced.requests_per_minute is set twice",
    );
  });

  test("names the properties that it does not know, but for remarks", () => {
    const config = {
      ...KEY,
      user_agent: SECRET,
      advanced: { "page-size": 1, _note: 2 },
      $schema: "x",
      _meta: {},
      "//": "y",
    };
    expect(unknownProperties(config)).toEqual(["user_agent", "advanced.page-size"]);
    expect(unknownProperties(JSON.parse('{"__proto__": 1, "constructor": 2}'))).toEqual(["constructor"]);
    expect(unknownProperties([config])).toEqual([]);
  });

  test.each<Record<string, unknown>>([
    { personal_data: { emails: "drop" } },
    { emails: "drop" },
    { phone_number: "drop" },
    { advanced: { hash_key: SECRET } },
    { "personal-data.emails": "drop" },
    { "Advanced.Personal_Data.Emails": "drop" },
  ])("has what protects personal data nowhere but in its place: %j", (properties) => {
    const message = messageOf(() => unknownProperties(nestedConfig({ ...KEY, ...properties })));
    expect(message).toContain("What protects personal data stands under advanced.personal_data.");
    expect(message).not.toContain(SECRET);
  });

  test("keeps the properties of older connectors, known or not", () => {
    const config = {
      ...KEY,
      start_date: "2024-03-01T00:00:00.000Z",
      advanced: { requests_per_minute: 30 },
      legacy: [1],
    };
    expect(parseEndpointConfig(config)).toMatchObject({
      startSeconds: Date.UTC(2024, 2, 1) / 1000,
      requestsPerMinute: 30,
    });
  });

  test.each([
    ["2026-01-31T00:00:00Z", Date.UTC(2026, 0, 31)],
    ["2026-01-31T02:00:00+02:00", Date.UTC(2026, 0, 31)],
    ["2026-01-31T00:00:00.000Z", Date.UTC(2026, 0, 31)],
    ["2026-01-31", Date.UTC(2026, 0, 31)],
    ["2026-01-31T00:00:00", Date.UTC(2026, 0, 31)],
    ["2026-01-30 23:00:00-01:00", Date.UTC(2026, 0, 31)],
    [" 2026-01-31t00:00:00z\n", Date.UTC(2026, 0, 31)],
    ["2016-12-31T23:59:60Z", Date.UTC(2017, 0, 1)],
    ["1970-01-01", 1_000],
    ["1969-12-31T23:59:59Z", 1_000],
    ["0001-01-01T00:00:00Z", 1_000],
  ])("starts at %s", (start_date, startMs) => {
    expect(parseEndpointConfig({ ...KEY, start_date }).startSeconds).toBe(startMs / 1000);
  });

  test.each<[string, unknown, string[]]>([
    ["no ID", { api_token: SECRET }, ["api_id is missing"]],
    ["no token", { api_id: SECRET }, ["api_token is missing"]],
    ["nothing", {}, ["api_id", "api_token"]],
    ["an empty token", { api_id: SECRET, api_token: "" }, ["api_token is empty"]],
    ["an ID that is no text", { api_id: 12_345_678, api_token: SECRET }, ["api_id"]],
    [
      "a time that does not exist",
      { ...KEY, start_date: "2026-01-31T12:00:60Z" },
      ["start_date must be a date and time"],
    ],
    ["a day that does not exist", { ...KEY, start_date: "2026-02-31T00:00:00Z" }, ["start_date"]],
    ["a date in words", { ...KEY, start_date: "yesterday" }, ["start_date"]],
    [
      "no requests at all",
      { ...KEY, advanced: { requests_per_minute: 0 } },
      ["advanced.requests_per_minute"],
    ],
    ["half a request", { ...KEY, advanced: { requests_per_minute: 0.5 } }, ["advanced.requests_per_minute"]],
    [
      "an age in months",
      { ...KEY, advanced: { reread_calls_after: ["PT6H", "P1M"] } },
      ["advanced.reread_calls_after", "P1M"],
    ],
    [
      "an age in words",
      { ...KEY, advanced: { reread_calls_after: ["later"] } },
      ["advanced.reread_calls_after.0"],
    ],
    ["advanced that is no object", { ...KEY, advanced: "fast" }, ["advanced"]],
    [
      "every fault at once",
      { api_id: "", start_date: "?" },
      ["api_id is empty", "api_token is missing", "start_date"],
    ],
    ["no object", SECRET, ["endpoint config"]],
    ["null", null, ["endpoint config"]],
    [
      "a secret where it does not belong",
      { ...KEY, start_date: SECRET, advanced: SECRET },
      ["start_date", "advanced"],
    ],
  ])("with %s is refused by the name of the property, and its value is not told", (_, config, named) => {
    const message = messageOf(() => parseEndpointConfig(config));
    for (const name of named) expect(message).toContain(name);
    expect(message).not.toContain(SECRET);
    expect(message).not.toContain("12345678");
  });
});
