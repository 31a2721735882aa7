import { expect, test } from "vitest";
import {
  isListed,
  isRequested,
  listedStreamNames,
  type StreamName,
  streamNames,
  streams,
} from "../../src/streams/index.ts";
import { askAirbyte } from "../support/airbyte.ts";
import { temporaryFolder } from "../support/files.ts";
import { askFlow, FlowTask } from "../support/flow-runtime.ts";
import { type FieldSchema, fieldsIn, type JsonSchema } from "../support/json-schema.ts";
import { emulated, runProgram } from "../support/program.ts";
import { CONFIG, runTap, SingerTarget } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";

/** The stream of which a snapshot shows what each protocol makes. It has texts, an instant, a list and objects. */
const SMALL = "teams";

const ACCOUNT = { calls: 20, days: 20, contacts: 10, users: 4, numbers: 2, teams: 2, tags: 3, webhooks: 1 };

const documentSchemas = streamNames.map((name) => ({
  name,
  keyField: streams[name].keyField,
  fields: fieldsIn(streams[name].documentSchema as JsonSchema),
}));

/** Airbyte and Singer receive no events. */
const requestedSchemas = documentSchemas.filter(({ name }) => isRequested(name));

const isOfFlow = ([path]: FieldSchema) => path === "_meta" || path.startsWith("_meta.");

/** The fields of a document, without the document itself and without what only Flow reads. */
const fieldsOfRows = (fields: readonly FieldSchema[]) => fields.slice(1).filter((field) => !isOfFlow(field));

const asText = (fields: readonly FieldSchema[]) =>
  fields.map(([path, schema]) => `${path} ${JSON.stringify(schema)}`).join("\n");

/** A changed snapshot is a changed promise. */
test.each(documentSchemas)("the documents of $name have these fields", ({ fields }) => {
  expect(asText(fields)).toMatchSnapshot();
});

test("the commands and Flow discover every stream, with types for the key alone, and disable those that are captured only where they are asked for", async () => {
  const { stdout } = await runProgram(["discover", "--json"]);
  const { responses } = await askFlow([{ discover: { config: CONFIG } }]);
  const printed = JSON.parse(stdout).bindings as Binding[];
  const discovered = responses[0]?.body.bindings as Binding[];
  expect(printed.map(described)).toEqual(
    documentSchemas.map(({ name, keyField, fields }) => [bindingOf(name, keyField), fields]),
  );
  expect(discovered.map(described)).toEqual(
    documentSchemas.map(({ name, keyField, fields }) => [
      bindingOf(name, keyField),
      fields.map((field) => (isTypedForFlow(field, keyField) ? field : untyped(field))),
    ]),
  );
  expect(discovered.find(({ recommendedName }) => recommendedName === SMALL)).toMatchSnapshot();
});

interface Binding {
  readonly recommendedName: string;
  readonly documentSchema: JsonSchema;
}

const described = ({ documentSchema, ...binding }: Binding) => [binding, fieldsIn(documentSchema)];

const bindingOf = (stream: StreamName, keyField: string) => ({
  recommendedName: stream,
  resourceConfig: { stream, syncMode: "incremental" },
  key: [`/${keyField}`],
  resourcePath: [stream],
  ...(!isListed(stream) && { disable: true }),
});

const isTypedForFlow = (field: FieldSchema, keyField: string) =>
  field[0] === "" || field[0] === keyField || isOfFlow(field);

function untyped([path, { type: _type, format: _format, ...schema }]: FieldSchema): FieldSchema {
  return [path, schema];
}

test("Flow is sent the types of all fields that have one only, in closed objects", async () => {
  await using aircall = await stillAccount({ account: ACCOUNT });
  const bindings = streamNames.map((stream) => ({ resourceConfig: { stream }, stateKey: stream }));
  const task = new FlowTask(CONFIG, bindings, emulated(aircall.url));
  const session = task.open();
  await session.caughtUp();
  await session.stop();
  const sourced = task.sourced.map(({ documentSchema }) => documentSchema as JsonSchema);
  expect(sourced.map((schema) => fieldsIn(schema).slice(1))).toEqual(
    documentSchemas.map(({ fields }) => fields.slice(1).filter(hasOneType).map(closed)),
  );
  expect(sourced[streamNames.indexOf(SMALL)]).toMatchSnapshot();
});

const typesOf = ({ type = [] }: JsonSchema) => [type].flat();
const hasOneType = ([, schema]: FieldSchema) =>
  typesOf(schema).filter((type) => type !== "null").length === 1;

function closed([path, schema]: FieldSchema): FieldSchema {
  return [path, typesOf(schema).includes("object") ? { ...schema, additionalProperties: false } : schema];
}

test("Airbyte discovers every stream, with a type for each column", async () => {
  using folder = temporaryFolder();
  const { messages } = await askAirbyte(["discover", "--config", folder.write("config.json", CONFIG)]);
  const discovered = messages[0]?.body.streams as AirbyteStream[];
  expect(
    discovered.map(({ json_schema, ...stream }) => [stream, fieldsIn(json_schema).slice(1, -2)]),
  ).toEqual(
    requestedSchemas.map(({ name, keyField, fields }) => [
      airbyteStream(name, keyField),
      fieldsOfRows(fields),
    ]),
  );
  expect(discovered.find(({ name }) => name === SMALL)).toMatchSnapshot();
});

interface AirbyteStream {
  readonly name: string;
  readonly json_schema: JsonSchema;
}

const airbyteStream = (stream: string, keyField: string) => ({
  name: stream.replace("user_availablity", "user_availability"),
  source_defined_primary_key: [[keyField]],
  supported_sync_modes: ["full_refresh", "incremental"],
  source_defined_cursor: true,
  default_cursor_field: ["_ab_cdc_updated_at"],
  is_resumable: false,
});

const allTyped =
  (type: readonly string[]) =>
  (field: FieldSchema): FieldSchema =>
    hasOneType(field) ? field : [field[0], { ...field[1], type }];

test("Singer discovers every stream, with a type for each field and what may be selected, and writes the schemas of those that it selects", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: ACCOUNT });
  const catalog = JSON.parse((await runProgram(["singer", "--discover"])).stdout).streams as SingerStream[];
  const anything = ["null", "boolean", "integer", "number", "string", "array", "object"];
  expect(
    catalog.map(({ tap_stream_id, stream, key_properties, schema }) => ({
      names: [tap_stream_id, stream],
      key_properties,
      fields: fieldsIn(schema).slice(1, -1),
    })),
  ).toEqual(
    requestedSchemas.map(({ name, keyField, fields }) => ({
      names: [name, name],
      key_properties: [keyField],
      fields: fieldsOfRows(fields).map(allTyped(anything)),
    })),
  );
  for (const { schema, metadata } of catalog)
    expect(metadata.map(({ breadcrumb }) => breadcrumb)).toEqual(fieldsIn(schema).flatMap(breadcrumbOf));
  expect(catalog.find(({ stream }) => stream === SMALL)).toMatchSnapshot();
  const selected = catalog.filter(({ metadata }) => metadata[0]?.metadata.selected);
  expect(selected.map(({ stream }) => stream)).toEqual(listedStreamNames);
  for (const { metadata } of catalog)
    expect(metadata[0]?.metadata["selected-by-default"]).toBe(metadata[0]?.metadata.selected);
  const { stdout } = await runTap(folder, {}, emulated(aircall.url));
  const { messages } = new SingerTarget().takeAll(stdout);
  const written = messages
    .filter(({ type }) => type === "SCHEMA")
    .map(({ stream, schema }) => [stream, schema]);
  expect(written).toEqual(selected.map(({ stream, schema }) => [stream, schema]));
});

interface SingerStream {
  readonly tap_stream_id: string;
  readonly stream: string;
  readonly key_properties: readonly string[];
  readonly schema: JsonSchema;
  readonly metadata: readonly {
    readonly breadcrumb: readonly string[];
    readonly metadata: { readonly selected?: boolean; readonly "selected-by-default"?: boolean };
  }[];
}

/** The element of a list has no place of its own in a catalog. */
function breadcrumbOf([path]: FieldSchema): string[][] {
  if (path === "") return [[]];
  if (path.endsWith("[]")) return [];
  return [
    path
      .split(".")
      .flatMap((name) =>
        name.endsWith("[]") ? ["properties", name.slice(0, -2), "items"] : ["properties", name],
      ),
  ];
}
