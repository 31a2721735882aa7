import type { Json, JsonObject } from "../../shared/json.ts";
import { hasOneType, mapSchema } from "../../shared/json-schema.ts";
import { isOptional, requestedStreamNames, type StreamName, streams } from "../../streams/index.ts";
import { type Field, fieldsOf } from "./projection.ts";

/** The fields along which streams are read. The state records more than the last value of such a field. */
const REPLICATION_KEYS: { readonly [Name in StreamName]?: string } = {
  calls: "started_at",
  contacts: "updated_at",
};

/** A stream as a whole, whatever a catalog selects of it. */
export interface StreamDescription {
  readonly name: StreamName;
  readonly keyField: string;
  readonly replicationKeys: readonly string[];
  readonly schema: JsonObject;
}

export function describe(name: StreamName): StreamDescription {
  const { keyField, documentSchema } = streams[name];
  const replicationKey = REPLICATION_KEYS[name];
  return {
    name,
    keyField,
    replicationKeys: replicationKey ? [replicationKey] : [],
    schema: recordSchema(documentSchema),
  };
}

/** Whether a field of the stream is in every record, selected or not. */
export function isAutomatic({ keyField, replicationKeys }: StreamDescription, field: string): boolean {
  return field === keyField || field === DELETED_AT || replicationKeys.includes(field);
}

/** Every stream but those of events, which a tap does not receive, with all of its fields selected. Optional streams are not selected. No request is sent to the API. */
export function discoveredCatalog() {
  return { streams: requestedStreamNames.map((name) => catalogEntry(describe(name))) };
}

function catalogEntry(stream: StreamDescription) {
  const selected = !isOptional(stream.name);
  return {
    tap_stream_id: stream.name,
    stream: stream.name,
    key_properties: [stream.keyField],
    schema: stream.schema,
    metadata: [
      {
        breadcrumb: [],
        metadata: {
          inclusion: "available",
          selected,
          "selected-by-default": selected,
          "table-key-properties": [stream.keyField],
          "replication-method": "INCREMENTAL",
          "valid-replication-keys": stream.replicationKeys,
        },
      },
      ...withNested(fieldsOf(stream.schema)).map(({ breadcrumb, name }) => ({
        breadcrumb,
        metadata:
          breadcrumb.length === 2 && isAutomatic(stream, name)
            ? { inclusion: "automatic" }
            : { inclusion: "available", "selected-by-default": true },
      })),
    ],
  };
}

function withNested(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => [field, ...withNested(fieldsOf(field.schema, field.breadcrumb))]);
}

/** When an object was deleted; null in the record of one that is there. Loaders know the field by this name. */
export const DELETED_AT = "_sdc_deleted_at";

const ANYTHING: Json = ["null", "boolean", "integer", "number", "string", "array", "object"];

/**
 * The schema of a stream's records: that of its documents, with `_sdc_deleted_at` in place of `_meta` and
 * without the keywords that only Flow reads. A field of several types may be anything, because loaders do not
 * agree on a column for only some of them.
 */
function recordSchema(documentSchema: JsonObject): JsonObject {
  const { title, type, required, properties } = mapSchema(documentSchema, (schema) =>
    hasOneType(schema) ? schema : { ...schema, type: ANYTHING },
  );
  const { _meta, ...fields } = properties as JsonObject;
  return {
    ...(title && { title }),
    ...(type && { type }),
    ...(required && { required }),
    properties: {
      ...fields,
      [DELETED_AT]: {
        type: ["string", "null"],
        format: "date-time",
        description: "When the connector found that the object is gone from Aircall.",
      },
    },
  };
}
