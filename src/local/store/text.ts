import { isJsonObject, type Json } from "../../shared/json.ts";

/** The text with U+FFFD for each lone surrogate: JSON may hold one, UTF-8 cannot. */
export function wellFormedText(text: string): string {
  return text.toWellFormed();
}

/** As `wellFormedText`, with U+FFFD for U+0000 as well, which the texts of some databases cannot hold. */
export function textWithoutNul(text: string): string {
  return wellFormedText(text).replaceAll("\0", "\uFFFD");
}

/** The value as JSON text, with U+FFFD for each lone surrogate in its texts and names: databases refuse its escape. */
export function wellFormedJson(value: Json): string {
  const text = JSON.stringify(value);
  // JSON.stringify escapes lone surrogates and nothing else beyond U+001F.
  return text.includes("\\ud") ? JSON.stringify(withTexts(value, wellFormedText)) : text;
}

/** As `wellFormedJson`, with U+FFFD for U+0000 as well. */
export function jsonWithoutNul(value: Json): string {
  const text = JSON.stringify(value);
  return /\\u(d|0000)/.test(text) ? JSON.stringify(withTexts(value, textWithoutNul)) : text;
}

/** The value with each text and each name in it replaced. */
function withTexts(value: Json, replaced: (text: string) => string): Json {
  if (typeof value === "string") return replaced(value);
  if (Array.isArray(value)) return value.map((each) => withTexts(each, replaced));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, nested]) => [replaced(field), withTexts(nested, replaced)]),
  );
}
