import type { Static } from "typebox";
import { BadRequest } from "../../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";

/**
 * The requests of the Flow capture protocol, JSON codec. Requests may gain fields at any time, so a
 * schema names only what is read and leaves the rest alone. The runtime leaves numbers, lists and
 * texts that are zero or empty out of requests.
 */

const KINDS = ["spec", "discover", "validate", "apply", "open", "acknowledge"] as const;

type Kind = (typeof KINDS)[number];

/** A request of a known kind, with a body that has not been validated. */
export interface Request {
  readonly kind: Kind;
  readonly body: Json | undefined;
}

/** Throws `BadRequest` for a line that is not a request of exactly one kind. */
export function decodeRequest(line: string): Request {
  const message = parseJsonLine(line);
  const [kind, ...others] = KINDS.filter((name) => (message[name] ?? null) !== null);
  if (!kind) {
    throw new BadRequest(`A request must be one of ${KINDS.join(", ")}, not ${fieldNames(message)}.`);
  }
  if (others.length > 0) throw new BadRequest(`A request must be of one kind, not ${fieldNames(message)}.`);
  return { kind, body: message[kind] };
}

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
    range: {
      type: "object",
      required: [],
      properties: { keyBegin: { type: "integer" }, keyEnd: { type: "integer" } },
    },
  },
} as const;

export type ValidateRequest = Static<typeof VALIDATE_SCHEMA>;
export type OpenRequest = Static<typeof OPEN_SCHEMA>;

/** Throws `BadRequest` that names every field that is wrong. */
export async function readValidateRequest({ body }: Request): Promise<ValidateRequest> {
  // Loaded here, because a `spec` request must not wait for the validator.
  const { validated } = await import("../../shared/validated.ts");
  return validated(VALIDATE_SCHEMA, body, invalid("validate"));
}

/** Throws `BadRequest` that names every field that is wrong. */
export async function readOpenRequest({ body }: Request): Promise<OpenRequest> {
  const { validated } = await import("../../shared/validated.ts");
  return validated(OPEN_SCHEMA, body, invalid("open"));
}

const ACKNOWLEDGE_SCHEMA = {
  type: "object",
  required: ["checkpoints"],
  properties: { checkpoints: { type: "integer", minimum: 1 } },
} as const;

/** The number of checkpoints that an acknowledgement is for. Throws `BadRequest` for any other request. */
export async function readAcknowledgeRequest({ kind, body }: Request): Promise<number> {
  if (kind !== "acknowledge")
    throw new BadRequest(
      `A ${kind} request came during a capture session, which takes acknowledgements only.`,
    );
  const { validated } = await import("../../shared/validated.ts");
  return validated(ACKNOWLEDGE_SCHEMA, body, invalid("acknowledge")).checkpoints;
}

/** The fields of the protocol that a session has no use for. */
const WITHOUT_USE = {
  open: ["version", "sealedConfig"],
  capture: [
    "name",
    "connectorType",
    "intervalSeconds",
    "shardTemplate",
    "recoveryLogTemplate",
    "networkPorts",
    "inactiveBindings",
    "redactSalt",
    "createdAt",
  ],
  binding: ["resourcePath", "backfill"],
} as const;

/** The fields of an `open` request that this version does not know. Requests may gain fields at any time. */
export function unknownFields({ capture, ...open }: OpenRequest): string[] {
  const { bindings = [], ...others } = capture;
  const known = OPEN_SCHEMA.properties.capture.properties;
  const unknown = (value: object, ...names: (readonly string[])[]) =>
    Object.keys(value).filter((name) => !names.flat().includes(name));
  return [
    ...unknown(open, Object.keys(OPEN_SCHEMA.properties), WITHOUT_USE.open),
    ...unknown(others, Object.keys(known), WITHOUT_USE.capture).map((name) => `capture.${name}`),
    ...new Set(
      bindings
        .flatMap((binding) =>
          unknown(binding, Object.keys(known.bindings.items.properties), WITHOUT_USE.binding),
        )
        .map((name) => `capture.bindings.${name}`),
    ),
  ];
}

/** The last key of the range of a capture that one shard captures. */
const LAST_KEY = 2 ** 32 - 1;

/** Whether the process is one of several that capture the same bindings, each a part of the keys. */
export function isSplit({ range = {} }: OpenRequest): boolean {
  return (range.keyBegin ?? 0) > 0 || (range.keyEnd || LAST_KEY) < LAST_KEY;
}

const invalid = (kind: Kind) => (faults: string) =>
  new BadRequest(`The ${kind} request is not valid: ${faults}.`);

type OpenBinding = NonNullable<OpenRequest["capture"]["bindings"]>[number];

/** The write schema of a binding's collection, which newer runtimes send once for all bindings. */
export function writeSchemaOf(
  binding: OpenBinding,
  { linkedCollections = [] }: OpenRequest["capture"],
): unknown {
  const linked = linkedCollections[binding.collectionIndex ?? 0];
  return (linkedCollections.length > 0 ? linked : binding.collection)?.writeSchema;
}

function parseJsonLine(line: string): JsonObject {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    throw new BadRequest("A request is not JSON.");
  }
  if (!isJsonObject(message)) throw new BadRequest("A request is not a JSON object.");
  return message;
}

function fieldNames(message: JsonObject): string {
  return Object.keys(message).slice(0, 5).join(", ").slice(0, 200) || "empty";
}
