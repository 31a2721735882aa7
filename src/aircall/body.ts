import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Outcome } from "./retry.ts";

/** Fifty rows have a few hundred kilobytes. What is larger by far is no page of ours. */
const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

/** Aircall nests some six levels deep. Whoever works on an answer may call itself for each level. */
const DEEPEST_BODY_LEVELS = 100;

/** The body, however it was compressed; `undefined` when it goes on beyond what an answer may be. */
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

/** What can be read of the body of a refusal. A 429 must pause all requests at once, so its body is not read. */
export async function readRefusal(response: Response): Promise<string> {
  const isUrgent = response.status === 429;
  const words = isUrgent ? response.body?.cancel() : readText(response);
  return (await words?.catch(() => {})) ?? "";
}

/**
 * An answer with what the endpoint holds, no deeper than 100 levels. Bodies without the key of their list
 * have been seen in production; another attempt brings it.
 */
export function readBody(text: string, endpoint: Endpoint): Outcome | { body: JsonObject } {
  const body = parsed(text);
  if (body === undefined) return { kind: "unreadable", detail: "an answer that is not JSON" };
  if (!isJsonObject(body) || !Object.hasOwn(body, endpoint.bodyKey))
    return { kind: "unreadable", detail: `an answer without "${endpoint.bodyKey}"` };
  if (isDeeperThan(DEEPEST_BODY_LEVELS, body))
    return { kind: "unreadable", detail: `an answer nested deeper than ${DEEPEST_BODY_LEVELS} levels` };
  return { body };
}

/** What an error body says in words, if it does; its fields vary, and `errors` may be a text or an object. */
export function apiMessage(text: string): string | undefined {
  const body = parsed(text);
  if (!isJsonObject(body)) return undefined;
  const messages = [body.errors, body.message, body.error].filter((value) => typeof value === "string");
  return messages.find((value) => value !== "");
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An object or a list is a level, and so is each within it. */
function isDeeperThan(levels: number, value: Json): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((inner) => isDeeperThan(levels - 1, inner));
  for (const name in value) if (isDeeperThan(levels - 1, value[name] ?? null)) return true;
  return false;
}
