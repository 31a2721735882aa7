import type { Json, JsonObject } from "../shared/json.ts";
import { type PersonalKind, personalKind, personalKindOfTexts } from "./fields.ts";
import { keyedHash } from "./keyed-hash.ts";

/** What becomes of one kind of personal data. What is dropped is left out, field and value. */
export type Treatment = { readonly how: "drop" } | { readonly how: "hash"; readonly key: string };

/** A kind that is not named is kept. */
export type Treatments = ReadonlyMap<PersonalKind, Treatment>;

type Container = Json[] | JsonObject;

/**
 * Hashes or drops, in place, the personal data in an answer, however deep it lies. Only texts and
 * numbers can be hashed: an object or a list where one is expected is dropped instead.
 */
export function treatPersonalData(answer: JsonObject, treatments: Treatments): void {
  treatWithin("", answer, treatments);
}

/** `owner` is the name of the field that the object or list lies in. */
function treatWithin(owner: string, value: Container, treatments: Treatments): void {
  if (Array.isArray(value)) treatList(owner, value, treatments);
  else treatObject(owner, value, treatments);
}

function treatObject(owner: string, object: JsonObject, treatments: Treatments): void {
  for (const [name, value] of Object.entries(object)) {
    const kind = personalKind(owner, name) ?? (isContainer(value) ? undefined : personalKindOfTexts(name));
    const treatment = kind && treatments.get(kind);
    if (kind && treatment) setOrDelete(object, name, treated(kind, value, treatment));
    else if (isContainer(value)) treatWithin(name, value, treatments);
  }
}

function treatList(owner: string, list: Json[], treatments: Treatments): void {
  const kind = personalKindOfTexts(owner);
  const treatment = kind && treatments.get(kind);
  if (kind && treatment) {
    const kept = list.map((value) => (isContainer(value) ? value : treated(kind, value, treatment)));
    list.splice(0, list.length, ...kept.filter((value) => value !== undefined));
  }
  for (const value of list) if (isContainer(value)) treatWithin(owner, value, treatments);
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

function isContainer(value: Json): value is Container {
  return typeof value === "object" && value !== null;
}
