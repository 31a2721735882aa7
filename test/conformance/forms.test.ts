import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseEndpointConfig, parseResourceConfig } from "../../src/config/index.ts";
import { DOCUMENTATION, EndpointSchema, ResourceSchema } from "../../src/spec.ts";
import { fieldsIn, type JsonSchema } from "../support/json-schema.ts";
import { runProgram } from "../support/program.ts";

const KEY = { api_id: "id", api_token: "token" };

/** The value that a form fills in: the default, and those of the properties in it. */
function filledIn({ default: value, properties = {} }: JsonSchema): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const inner = Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => [
    name,
    filledIn(schema),
  ]);
  return { ...value, ...Object.fromEntries(inner.filter(([, filled]) => filled !== undefined)) };
}

describe("the form of an endpoint config", () => {
  test("shows each default, at any depth, and what it fills in changes nothing", () => {
    const filled = filledIn({ ...(EndpointSchema as JsonSchema), default: {} });
    expect(filled).toMatchObject({
      advanced: {
        requests_per_minute: 100,
        reread_calls_after: ["PT30M", "PT6H", "P1D", "P3D", "P7D", "P30D"],
        reread_insights_after: ["P7D"],
        spare_share: 33,
        reread_requests_per_pass: 600,
      },
    });
    expect(parseEndpointConfig({ ...KEY, ...(filled as object) })).toEqual(parseEndpointConfig(KEY));
  });

  test("names the defaults of numbers and lists in their descriptions", () => {
    const { personal_data: _, ...others } = EndpointSchema.properties.advanced.properties;
    for (const { default: value, description } of Object.values(others))
      for (const one of [value].flat()) expect(description).toContain(String(one));
  });

  test.each([
    ["2026-01-31", true],
    ["2026-01-31T00:00:00Z", true],
    ["2023-01-01T00:00:00.000Z", true],
    ["2026-01-31T02:00:00+02:00", true],
    ["yesterday", false],
    ["31.01.2026", false],
    ["", false],
  ])("checks the start date %j", (date, fits) => {
    expect(new RegExp(EndpointSchema.properties.start_date.pattern).test(date)).toBe(fits);
  });
});

test.each([
  ["PT5M", true],
  ["P1DT12H", true],
  ["P2W", true],
  ["PT", true],
  ["PT0S", true],
  ["", true],
  ["5 minutes", false],
  ["P1M", false],
  ["P1Y", false],
  ["PT1.5H", false],
])("a form checks the interval %j, and takes what it leaves of an emptied one", (interval, fits) => {
  expect(new RegExp(ResourceSchema.properties.interval.pattern).test(interval)).toBe(fits);
  const parse = () => parseResourceConfig({ stream: "calls", interval });
  if (fits) parse();
  else expect(parse).toThrow(/interval/);
});

test("each example in a schema fits it", () => {
  for (const schema of [EndpointSchema, ResourceSchema]) {
    for (const [, { examples = [], pattern = "" }] of fieldsIn(schema as unknown as JsonSchema))
      for (const example of examples as string[]) expect(example).toMatch(new RegExp(pattern as string));
  }
});

test("each protocol links to its page of this project", async () => {
  const { stdout } = await runProgram(["airbyte", "spec"]);
  expect(JSON.parse(stdout).spec.documentationUrl).toBe(`${DOCUMENTATION}/airbyte.md`);
  for (const page of ["airbyte", "flow", "singer"])
    expect(existsSync(new URL(`../../docs/${page}.md`, import.meta.url))).toBe(true);
});
