import { isJsonObject, type Json } from "../../shared/json.ts";

/** The text with U+FFFD for each lone surrogate: JSON may hold one, UTF-8 cannot. */
export function wellFormedText(text: string): string {
  return text.toWellFormed();
}

/** The value as JSON text, with U+FFFD for each lone surrogate in its texts and names: databases refuse its escape. */
export function wellFormedJson(value: Json): string {
  const text = JSON.stringify(value);
  // JSON.stringify escapes lone surrogates and nothing else beyond U+001F.
  return text.includes("\\ud") ? JSON.stringify(wellFormed(value)) : text;
}

function wellFormed(value: Json): Json {
  if (typeof value === "string") return wellFormedText(value);
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, nested]) => [wellFormedText(field), wellFormed(nested)]),
  );
}
