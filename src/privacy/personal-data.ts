import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { type PersonalKind, personalKind, personalKindOfTexts } from "./fields.ts";
import { keyedHash } from "./keyed-hash.ts";

/** What becomes of one kind of personal data. What is dropped is left out, field and value. */
export type Treatment = { readonly how: "drop" } | { readonly how: "hash"; readonly key: string };

/** A kind that is not named is kept. */
export type Treatments = ReadonlyMap<PersonalKind, Treatment>;

/** A part of an answer that has yet to be looked at, and the name of the field that it lies in. */
interface Part {
  readonly owner: string;
  readonly value: Json;
}

/**
 * Hashes or drops, in place, the personal data in an answer, however deep it lies. Only texts and
 * numbers can be hashed: an object or a list where one is expected is dropped instead.
 */
export function treatPersonalData(answer: JsonObject, treatments: Treatments): void {
  // Not recursive, since an answer may be nested deeper than a stack of calls can be.
  const parts: Part[] = [{ owner: "", value: answer }];
  for (let part = parts.pop(); part; part = parts.pop()) {
    if (Array.isArray(part.value)) parts.push(...treatList(part.owner, part.value, treatments));
    else if (isJsonObject(part.value)) parts.push(...treatObject(part.owner, part.value, treatments));
  }
}

/** Gives the parts that are left to be looked at. */
function treatObject(owner: string, object: JsonObject, treatments: Treatments): Part[] {
  const parts: Part[] = [];
  for (const [name, value] of Object.entries(object)) {
    const kind = personalKind(owner, name) ?? (isContainer(value) ? undefined : personalKindOfTexts(name));
    const treatment = kind && treatments.get(kind);
    if (kind && treatment) setOrDelete(object, name, treated(kind, value, treatment));
    else if (isContainer(value)) parts.push({ owner: name, value });
  }
  return parts;
}

function treatList(owner: string, list: Json[], treatments: Treatments): Part[] {
  const kind = personalKindOfTexts(owner);
  const treatment = kind && treatments.get(kind);
  if (kind && treatment) {
    const kept = list.map((value) => (isContainer(value) ? value : treated(kind, value, treatment)));
    list.splice(0, list.length, ...kept.filter((value) => value !== undefined));
  }
  return list.filter(isContainer).map((value) => ({ owner, value }));
}

/** `undefined` when nothing is to be left of the value. */
function treated(kind: PersonalKind, value: Json, treatment: Treatment): Json | undefined {
  if (treatment.how === "drop") return undefined;
  if (value === null) return null;
  if (typeof value === "string" || typeof value === "number")
    return keyedHash(kind, String(value), treatment.key);
  return undefined;
}

function setOrDelete(object: JsonObject, name: string, value: Json | undefined): void {
  if (value === undefined) delete object[name];
  else object[name] = value;
}

function isContainer(value: Json): value is Json[] | JsonObject {
  return typeof value === "object" && value !== null;
}
