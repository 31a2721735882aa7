import { BadRequest } from "../../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";

const KINDS = ["spec", "discover", "validate", "apply", "open", "acknowledge"] as const;

type Kind = (typeof KINDS)[number];

/** A request whose kind is known, and whose body nobody has looked at yet. */
export interface Request {
  readonly kind: Kind;
  readonly body: Json | undefined;
}

/** Throws `BadRequest` for a line that is no request of one kind. */
export function decodeRequest(line: string): Request {
  const message = parseJsonLine(line);
  const [kind, ...others] = KINDS.filter((name) => (message[name] ?? null) !== null);
  if (!kind) {
    throw new BadRequest(`A request must be one of ${KINDS.join(", ")}, not ${fieldNames(message)}.`);
  }
  if (others.length > 0) throw new BadRequest(`A request must be of one kind, not ${fieldNames(message)}.`);
  return { kind, body: message[kind] };
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
