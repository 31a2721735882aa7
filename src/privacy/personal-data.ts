import type { Json, JsonObject } from "../shared/json.ts";
import { isComment, isCommented, type PersonalKind, personalKind, personalKindOfTexts } from "./fields.ts";
import { keyedHash } from "./keyed-hash.ts";

/** What happens to one kind of personal data; texts are never hashed. Dropped fields are omitted: a null would mean that Aircall has no value. */
export type Redaction = { readonly how: "drop" } | { readonly how: "hash"; readonly key: string };

/** Kinds that are not listed are kept. */
export type Redactions = ReadonlyMap<PersonalKind, Redaction>;

type Container = Json[] | JsonObject;

/**
 * Hashes or drops the personal data in an answer, in place and at any depth. Only strings and numbers
 * can be hashed: an object or a list in a personal field is dropped instead. `name` is that of the object that the answer
 * is, such as `summary`; left out for an answer that holds objects in properties.
 */
export function redactPersonalData(answer: JsonObject, redactions: Redactions, name = ""): void {
  redactWithin(name, answer, redactions);
}

/** As `redactPersonalData`, for the data of an event, which is an object of the family before the first dot of its name. */
export function redactEventData(event: string, data: JsonObject, redactions: Redactions): void {
  const [family = ""] = event.split(".");
  redactWithin(family, data, redactions);
}

/** `owner` is the name of the field that contains the object or list. `within` says whether every text in it may be a comment. */
function redactWithin(
  owner: string,
  value: Container,
  redactions: Redactions,
  within = isCommented(owner),
): void {
  if (Array.isArray(value)) redactList(owner, value, redactions, within);
  else redactObject(owner, value, redactions, within);
}

function redactObject(owner: string, object: JsonObject, redactions: Redactions, within: boolean): void {
  for (const [name, value] of Object.entries(object)) {
    const kind =
      personalKind(owner, name) ?? (isContainer(value) ? undefined : kindOfText(name, value, within));
    const redaction = kind && redactions.get(kind);
    if (kind && redaction) setOrDelete(object, name, redacted(kind, value, redaction));
    else if (isContainer(value)) redactWithin(name, value, redactions, within || isCommented(name));
  }
}

function redactList(owner: string, list: Json[], redactions: Redactions, within: boolean): void {
  const kept = list.map((value) => {
    const kind = isContainer(value) ? undefined : kindOfText(owner, value, within);
    const redaction = kind && redactions.get(kind);
    return kind && redaction ? redacted(kind, value, redaction) : value;
  });
  list.splice(0, list.length, ...kept.filter((value) => value !== undefined));
  for (const value of list) if (isContainer(value)) redactWithin(owner, value, redactions, within);
}

function kindOfText(field: string, value: Json, within: boolean): PersonalKind | undefined {
  const isWritten = within && typeof value === "string" && isComment(field);
  return personalKindOfTexts(field) ?? (isWritten ? "texts" : undefined);
}

/** Returns `undefined` for a value that must be removed. */
function redacted(kind: PersonalKind, value: Json, redaction: Redaction): Json | undefined {
  if (redaction.how === "drop") return undefined;
  if (value === null) return null;
  if (typeof value === "string" || typeof value === "number")
    return keyedHash(kind, String(value), redaction.key);
  return undefined;
}

function setOrDelete(object: JsonObject, name: string, value: Json | undefined): void {
  if (value === undefined) delete object[name];
  else object[name] = value;
}

function isContainer(value: Json): value is Container {
  return typeof value === "object" && value !== null;
}
