import type { JsonObject } from "../../shared/json.ts";
import { mapSchema } from "../../shared/json-schema.ts";
import { DOCUMENTATION, EndpointSchema } from "../../spec.ts";
import type { AirbyteMessage } from "./output.ts";

/** The version of the protocol from which state is kept by stream. */
const PROTOCOL_VERSION = "0.2.0";

export function specification(): AirbyteMessage {
  return {
    type: "SPEC",
    spec: {
      protocol_version: PROTOCOL_VERSION,
      documentationUrl: `${DOCUMENTATION}/airbyte.md`,
      connectionSpecification: mapSchema(EndpointSchema as unknown as JsonObject, airbyteKeywords),
      supportsIncremental: true,
      supported_destination_sync_modes: [],
    },
  };
}

/**
 * Airbyte marks a secret with a keyword of its own, and has none for a group that is folded away. It refuses a text that
 * lacks the format which its schema names, and a start date may be a day; so the pattern stands for the format.
 */
function airbyteKeywords({ secret, advanced: _, ...schema }: JsonObject): JsonObject {
  const { format: _format, ...patterned } = schema;
  const known = schema.pattern === undefined ? schema : patterned;
  return secret === true ? { ...known, airbyte_secret: true } : known;
}
