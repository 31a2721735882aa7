import type { Json } from "../shared/json.ts";

/** A number with an exponent or with 16 digits or more. May also strike within a text, which costs time only. */
const UNUSUAL_NUMBER = /[:,[]\s*-?(?:\d+(?:\.\d+)?[eE]|[\d.]{16})/;

/** A text or a number of a JSON document. Nothing else in one has a quote or a digit. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** The value that JSON text was parsed to, with null for the numbers that are beyond a 64-bit float. */
export function withFiniteNumbers(value: Json, text: string): Json {
  return UNUSUAL_NUMBER.test(text) ? finite(value) : value;
}

/** The names of the fields in JSON text that hold, at any depth of lists, a number which a 64-bit float cannot keep. */
export function inexactFieldsIn(text: string): string[] {
  if (!UNUSUAL_NUMBER.test(text)) return [];
  const fields = new Set<string>();
  let field = "";
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (!token.startsWith('"')) {
      if (!isExact(token)) fields.add(field);
    } else if (/^\s*:/.test(text.slice(index + token.length, index + token.length + 8))) {
      field = JSON.parse(token);
    }
  }
  return [...fields];
}

function isExact(token: string): boolean {
  const value = Number(token);
  return Number.isFinite(value) && canonical(token) === canonical(String(value));
}

/** The significant digits of a number and its power of ten, whichever way it is written. */
function canonical(number: string): string {
  const [, whole = "", fraction = "", exponent = "0"] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = withoutTrailingZeros(digits);
  if (significant === "") return "0";
  return `${significant}e${Number(exponent) - fraction.length + (digits.length - significant.length)}`;
}

/** A pattern would look at a row of zeros within the digits once for each of them. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}

/** Changes the value in place, but for the value itself. */
function finite(value: Json): Json {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object" || value === null) return value;
  const fields = value as { [field: string]: Json };
  for (const name of Object.keys(fields)) fields[name] = finite(fields[name] ?? null);
  return value;
}
