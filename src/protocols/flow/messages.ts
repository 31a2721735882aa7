import type { Static } from "typebox";
import type { XSchema } from "typebox/schema";
import type { Document } from "../../engine/index.ts";
import { BadRequest } from "../../errors.ts";
import { faultsIn } from "../../shared/faults.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { Request } from "./requests.ts";

/**
 * The messages of the Flow capture protocol, JSON codec. Requests may gain fields at any time, so a
 * schema names only what is read and leaves the rest alone; an unknown field in a response is an
 * error of the runtime's. Numbers, lists and texts that are zero or empty are left out of requests.
 */

const COLLECTIONS = {
  type: "array",
  items: { type: "object", required: [], properties: { writeSchema: {} } },
} as const;

const BINDING_PROPERTIES = {
  resourceConfig: {},
  collection: COLLECTIONS.items,
  collectionIndex: { type: "integer", minimum: 0 },
} as const;

const VALIDATE_SCHEMA = {
  type: "object",
  required: ["config"],
  properties: {
    config: {},
    bindings: {
      type: "array",
      items: { type: "object", required: ["resourceConfig"], properties: BINDING_PROPERTIES },
    },
  },
} as const;

const OPEN_SCHEMA = {
  type: "object",
  required: ["capture"],
  properties: {
    capture: {
      type: "object",
      required: ["config"],
      properties: {
        config: {},
        bindings: {
          type: "array",
          items: {
            type: "object",
            required: ["resourceConfig", "stateKey"],
            properties: { ...BINDING_PROPERTIES, stateKey: { type: "string", minLength: 1 } },
          },
        },
        linkedCollections: COLLECTIONS,
      },
    },
    state: {},
  },
} as const;

export type ValidateRequest = Static<typeof VALIDATE_SCHEMA>;
export type OpenRequest = Static<typeof OPEN_SCHEMA>;

/** Throws `BadRequest`, and names every field that is wrong. */
export function readValidateRequest(request: Request): ValidateRequest {
  return readBody(VALIDATE_SCHEMA, request);
}

/** Throws `BadRequest`, and names every field that is wrong. */
export function readOpenRequest(request: Request): OpenRequest {
  return readBody(OPEN_SCHEMA, request);
}

function readBody<const Schema extends XSchema>(schema: Schema, { kind, body }: Request): Static<Schema> {
  const faults = faultsIn(schema, body);
  if (faults.length > 0) throw new BadRequest(`The ${kind} request is not valid: ${faults.join("; ")}.`);
  return body as Static<Schema>;
}

type OpenBinding = NonNullable<OpenRequest["capture"]["bindings"]>[number];

/** The write schema of a binding's collection, which newer runtimes send once for all bindings. */
export function writeSchemaOf(
  binding: OpenBinding,
  { linkedCollections = [] }: OpenRequest["capture"],
): unknown {
  const linked = linkedCollections[binding.collectionIndex ?? 0];
  return (linkedCollections.length > 0 ? linked : binding.collection)?.writeSchema;
}

export type Response =
  | { spec: SpecResponse }
  | { discovered: { bindings: readonly object[] } }
  | { validated: { bindings: { resourcePath: readonly string[] }[] } }
  | { applied: Record<string, never> }
  | { opened: { explicitAcknowledgements: false } }
  | { sourcedSchema: { binding: number; documentSchema: JsonObject } }
  | { captured: { binding: number; doc: Document } }
  | { checkpoint: { state: { updated: JsonObject; mergePatch: true } } };

interface SpecResponse {
  readonly protocol: 3032023;
  readonly documentationUrl: string;
}
