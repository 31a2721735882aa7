import { describe, expect, test } from "vitest";
import { EndpointSchema } from "../spec.ts";
import { Redactor, secretsIn } from "./redactor.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const header = (user: string, password: string) => base64(`${user}:${password}`);

const CONFIG = {
  api_id: "the-id-of-a-key",
  api_token: "the-token-of-a-key",
  start_date: "2026-01-31T00:00:00Z",
  advanced: { requests_per_minute: 30, personal_data: { emails: "hash", hash_key: "a key for hashes" } },
};

describe("the secrets in a config", () => {
  test("are the values that the schema marks, at any depth, and no others", () => {
    expect(secretsIn(EndpointSchema, CONFIG)).toEqual([
      "the-id-of-a-key",
      "the-token-of-a-key",
      "a key for hashes",
    ]);
  });

  test("include those of a property that is new to the schema, without further code", () => {
    const { properties } = EndpointSchema;
    const token = { type: "string", secret: true };
    const schema = {
      ...EndpointSchema,
      properties: {
        ...properties,
        events: { type: "object", properties: { token } },
        tokens: { type: "array", items: token },
      },
    };
    const config = { ...CONFIG, events: { token: "for events" }, tokens: ["the first", "the second"] };
    const redactor = new Redactor();
    redactor.add(secretsIn(schema, config));
    expect(redactor.hide("refused: for events, the first, the second, the-id-of-a-key")).toBe(
      "refused: [hidden], [hidden], [hidden], [hidden]",
    );
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["a text", "the-token-of-a-key"],
    ["a list", [CONFIG]],
    ["secrets that are no texts", { api_id: 7, api_token: { api_token: "deep" }, advanced: [] }],
  ])("of another shape are none: %s", (_, config) => {
    expect(secretsIn(EndpointSchema, config)).toEqual([]);
  });
});

describe("of a key that is repeated", () => {
  test.each<[string, string, string, string]>([
    ["the header without its padding", "id", "abcd", header("id", "abcd").replace(/=+$/, "")],
    ["the header with its padding", "id", "abcd", header("id", "abcd")],
    ["the header in an address", "ab>>>", "cd????", encodeURIComponent(header("ab>>>", "cd????"))],
    ["the token in an address", "id", "a b/c", "a%20b%2Fc"],
    ["the token in JSON", "id", 'a"b\\c\n', JSON.stringify('a"b\\c\n').slice(1, -1)],
    ["the token in base64", "id", "a token", base64("a token")],
    ["an ID that holds the token", "ab-token-cd", "token", "ab-token-cd"],
    ["a token that holds the ID", "token", "ab-token-cd", "ab-token-cd"],
    ["a token that is not well-formed", "id", "abc\ud800def", "abc\ud800def"],
  ])("%s is hidden whole", (_, apiId, apiToken, repeated) => {
    const redactor = new Redactor([apiId, apiToken]);
    expect(redactor.hide(`no: ${repeated}?`)).toMatch(/^no: \[hidden\]=*\?$/);
  });
});

test("a secret is hidden wherever it stands, and the rest of the text stays", () => {
  const redactor = new Redactor(["a-secret"]);
  expect(redactor.hide("a-secreta-secret, not a secret: xa-secretx")).toBe(
    "[hidden][hidden], not a secret: x[hidden]x",
  );
});

test("without a secret, and with one too short to be one, texts stay as they are", () => {
  const text = "Aircall refused the API ID and token: a, b, Og, Og==";
  expect(new Redactor().hide(text)).toBe(text);
  expect(new Redactor(["", "a", "ID", "the"]).hide(text)).toBe(text);
});
