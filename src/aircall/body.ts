import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import type { Endpoint } from "./endpoint.ts";
import { inexactFieldsIn, withFiniteNumbers } from "./numbers.ts";
import type { Outcome } from "./retry.ts";

/** A page of 50 rows has a few hundred kilobytes. The limit protects the memory from a body without end. */
export const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

/** Aircall nests about six levels deep. The limit lets code that reads an answer recurse once per level. */
const DEEPEST_BODY_LEVELS = 100;

/** Reads the decompressed body as text. Returns `undefined` if it is larger than 16 MiB. */
export async function readText(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_BODY_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * Reads the body of a refusal. Returns `""` if the body is too large or breaks off, and for a 429,
 * whose body is not read: a 429 MUST pause all requests at once, and its body may never arrive.
 */
export async function readRefusal(response: Response): Promise<string> {
  const isUrgent = response.status === 429;
  const text = isUrgent ? response.body?.cancel() : readText(response);
  return (await text?.catch(() => {})) ?? "";
}

/**
 * Parses a body and checks that it has the endpoint's key, if it must, and at most 100 levels. Bodies without the
 * key of their list have been seen in production; a retry returns the list.
 */
export function readBody(
  text: string,
  endpoint: Endpoint,
): Outcome | { body: JsonObject; inexactFields: readonly string[] } {
  if (endpoint.holds === "nothing") return { body: {}, inexactFields: [] };
  const body = parsed(text);
  if (body === undefined) return { kind: "unreadable", detail: "an answer that is not JSON" };
  if (!isJsonObject(body)) return { kind: "unreadable", detail: "an answer that is not a JSON object" };
  if (endpoint.holds !== "any" && !Object.hasOwn(body, endpoint.bodyKey))
    return { kind: "unreadable", detail: `an answer without "${endpoint.bodyKey}"` };
  if (isNestedTooDeep(body))
    return { kind: "unreadable", detail: `an answer nested deeper than ${DEEPEST_BODY_LEVELS} levels` };
  return { body, inexactFields: inexactFieldsIn(text) };
}

/** Whether a value has more than 100 levels. Code that recurses once per level MUST NOT process such a value. */
export function isNestedTooDeep(value: Json): boolean {
  return isDeeperThan(DEEPEST_BODY_LEVELS, value);
}

/** The message in an error body, if there is one. Its field varies, and `errors` may be a string or an object. */
export function apiMessage(text: string): string | undefined {
  const body = parsed(text);
  if (!isJsonObject(body)) return undefined;
  const messages = [body.errors, body.message, body.error].filter((value) => typeof value === "string");
  return messages.find((value) => value !== "");
}

function parsed(text: string): Json | undefined {
  try {
    return withFiniteNumbers(JSON.parse(text), text);
  } catch {
    return undefined;
  }
}

/** An object or list has one level more than its deepest member. */
function isDeeperThan(levels: number, value: Json): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((inner) => isDeeperThan(levels - 1, inner));
  for (const name in value) if (isDeeperThan(levels - 1, value[name] ?? null)) return true;
  return false;
}
