import { expect, test } from "vitest";
import { mapSchema, type SchemaPath } from "./json-schema.ts";

const schema = {
  title: "Root",
  type: "object",
  properties: {
    id: { type: "integer" },
    people: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
    anything: true,
  },
  if: { properties: { id: { const: 1 } } },
};

test("every schema of a property or an item is visited before the one around it, with its path", () => {
  const visited: SchemaPath[] = [];
  const same = mapSchema(schema, (one, at) => {
    visited.push(at);
    return one;
  });
  expect(same).toEqual(schema);
  expect(visited.map((at) => at.join("."))).toEqual([
    "properties.id",
    "properties.people.items.properties.name",
    "properties.people.items",
    "properties.people",
    "",
  ]);
});

test("a schema becomes what is returned, around what its inner schemas have become", () => {
  const renamed = mapSchema(schema, ({ type, ...others }) => ({ kind: type ?? null, ...others }));
  expect(renamed).toEqual({
    kind: "object",
    title: "Root",
    properties: {
      id: { kind: "integer" },
      people: { kind: "array", items: { kind: "object", properties: { name: { kind: "string" } } } },
      anything: true,
    },
    if: { properties: { id: { const: 1 } } },
  });
});

test("a property for which nothing is returned is left out, and so are the items of a list", () => {
  const without = (...types: string[]) =>
    mapSchema(schema, (one) => (types.includes(String(one.type)) ? undefined : one)).properties;
  expect(without("integer", "string")).toEqual({
    people: { type: "array", items: { type: "object", properties: {} } },
    anything: true,
  });
  expect(without("object")).toBeUndefined();
});

test("the schema that was handed over stays as it is", () => {
  const before = JSON.stringify(schema);
  mapSchema(schema, () => undefined);
  expect(JSON.stringify(schema)).toBe(before);
});

test("a property with the name of what every object inherits is one like others", () => {
  const odd = JSON.parse('{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}');
  const typeless = mapSchema(odd, ({ type: _, ...others }) => others);
  expect(JSON.stringify(typeless)).toBe('{"properties":{"__proto__":{},"constructor":{}}}');
});
