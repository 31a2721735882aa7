import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import { EndpointSchema } from "../../spec.ts";
import type { AirbyteMessage } from "./output.ts";

/** The version of the protocol from which state is kept by stream. */
const PROTOCOL_VERSION = "0.2.0";

export function specification(): AirbyteMessage {
  return {
    type: "SPEC",
    spec: {
      protocol_version: PROTOCOL_VERSION,
      connectionSpecification: airbyteSchema(EndpointSchema as unknown as JsonObject),
      supportsIncremental: true,
      supported_destination_sync_modes: [],
    },
  };
}

/** The schema in Airbyte's words: it marks secrets in a way of its own, and folds nothing away. */
function airbyteSchema({ secret, advanced: _, properties, ...schema }: JsonObject): JsonObject {
  return {
    ...schema,
    ...(secret === true && { airbyte_secret: true }),
    ...(isJsonObject(properties) && { properties: airbyteProperties(properties) }),
  };
}

function airbyteProperties(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]): [string, Json] => [
      name,
      isJsonObject(schema) ? airbyteSchema(schema) : schema,
    ]),
  );
}
