import { Check } from "typebox/schema";
import { describe, expect, test } from "vitest";
import { discover } from "../../connector.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import { sourcedSchema, writeSchema } from "./catalog.ts";

const streams = discover().map(({ recommendedName, documentSchema, key }) => ({
  name: recommendedName,
  documentSchema,
  keyField: String(key[0]).slice(1),
}));

describe.each(streams)("the schemas of $name", ({ documentSchema, keyField }) => {
  const { type } = (documentSchema.properties as Record<string, JsonObject>)[keyField] ?? {};
  const key = type === "integer" ? 1 : "Sample Ltd";

  test("take a document in which every field but the key has changed its type", () => {
    const fields = Object.keys(documentSchema.properties as object).filter((name) => name !== "_meta");
    for (const value of [7.5, "text", true, null, ["list"], { object: [1] }] as Json[]) {
      const doc = { ...Object.fromEntries(fields.map((name) => [name, value])), [keyField]: key };
      expect(
        Check(writeSchema(documentSchema), { ...doc, _meta: { op: "u", uuid: "1" } }),
        JSON.stringify(value),
      ).toBe(true);
    }
  });

  test("refuse a document without its key", () => {
    expect(Check(writeSchema(documentSchema), { _meta: { op: "d" } })).toBe(false);
  });

  test("describe every field, and title it", () => {
    for (const [name, field] of Object.entries(writeSchema(documentSchema).properties as object)) {
      if (name === "_meta") continue;
      expect(field, name).toMatchObject({
        title: expect.any(String),
        description: expect.stringMatching(/\.$/),
      });
    }
  });

  test("are closed at every depth where they are told in advance", () => {
    for (const object of objectsIn(sourcedSchema(documentSchema))) {
      expect(object.additionalProperties).toBe(false);
    }
  });
});

function objectsIn(schema: Json | undefined): { additionalProperties?: Json }[] {
  if (!isJsonObject(schema)) return [];
  const inner = [...Object.values(isJsonObject(schema.properties) ? schema.properties : {}), schema.items];
  const own = [schema.type].flat().includes("object") ? [schema] : [];
  return [...own, ...inner.flatMap(objectsIn)];
}
