import { parseStreamName } from "../../config/index.ts";
import { type DiscoveredBinding, discover } from "../../connector.ts";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import { isRequested, type StreamName, streamNames } from "../../streams/index.ts";
import { type AirbyteMessage, type AirbyteStream, DELETED_AT, SYNC_MODES, UPDATED_AT } from "./output.ts";

/** Connections in Airbyte know this stream by its right spelling. */
const AIRBYTE_NAMES: Partial<Readonly<Record<StreamName, string>>> = {
  user_availablity: "user_availability",
};

/** Every stream but those of events, which Airbyte does not receive. No request is sent to the API. */
export function catalog(): AirbyteMessage {
  return {
    type: "CATALOG",
    catalog: {
      streams: discover()
        .filter(({ recommendedName }) => isRequested(recommendedName))
        .map(airbyteStream),
    },
  };
}

/** The stream of a name in a catalog, or of the connector's own name. Throws a `ConfigError` for any other. */
export function parseAirbyteName(name: string): StreamName {
  return findStream(name) ?? parseStreamName(name);
}

export function findStream(name: string): StreamName | undefined {
  return streamNames.find((stream) => stream === name || AIRBYTE_NAMES[stream] === name);
}

function airbyteStream({ recommendedName, documentSchema, key }: DiscoveredBinding): AirbyteStream {
  return {
    name: AIRBYTE_NAMES[recommendedName] ?? recommendedName,
    json_schema: rowSchema(documentSchema),
    supported_sync_modes: SYNC_MODES,
    source_defined_cursor: true,
    default_cursor_field: [UPDATED_AT],
    source_defined_primary_key: key.map((pointer) => [pointer.slice(1)]),
    is_resumable: false,
  };
}

/** The fields of a stream's documents, and the two that each row gains in place of `_meta`. */
function rowSchema({ title, properties }: JsonObject): JsonObject {
  const { _meta, ...fields } = isJsonObject(properties) ? properties : {};
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    ...(title !== undefined && { title }),
    type: "object",
    additionalProperties: true,
    properties: {
      ...fields,
      [UPDATED_AT]: instant("When this version of the row was read."),
      [DELETED_AT]: instant("When the row was found to be deleted; null as long as it is there."),
    },
  };
}

function instant(description: string): JsonObject {
  return {
    type: ["string", "null"],
    format: "date-time",
    airbyte_type: "timestamp_with_timezone",
    description,
  };
}
