export type JsonSchema = Readonly<Record<string, unknown>>;

/** A field by its path, such as `users[].name`, and its schema without the fields inside it. */
export type FieldSchema = readonly [path: string, schema: JsonSchema];

/** All that a schema describes at any depth, in its order. The path of the object itself is empty. */
export function fieldsIn(schema: JsonSchema, path = ""): FieldSchema[] {
  const {
    properties = {},
    items,
    ...own
  } = schema as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly items?: JsonSchema;
  };
  const inner = Object.entries(properties).flatMap(([name, field]) =>
    fieldsIn(field, path === "" ? name : `${path}.${name}`),
  );
  return [[path, own], ...inner, ...(items ? fieldsIn(items, `${path}[]`) : [])];
}
