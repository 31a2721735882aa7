import fc from "fast-check";
import { isJsonObject, type Json, type JsonObject } from "../../src/shared/json.ts";
import { type ListedStreamName, listedStreamNames, streams } from "../../src/streams/index.ts";
import { LIST_OF } from "../support/lists.ts";

/** What nobody would expect in a field, and what no field could hold that is believed. */
const VALUES: readonly Json[] = [
  ...[null, true, "", "text", "7", "__proto__", "\u0000", "\ud83d", "x".repeat(100_000)],
  ...[-1, 0, 1.5, 2 ** 53, -(2 ** 53), 1e300, 253_402_300_799, -62_135_596_800],
  ...[[], {}, [[]], { id: {} }, [{ id: "7" }, null], { ["__proto__"]: { id: 1 }, constructor: 1 }],
];

/** Names that mean something to JavaScript or to a collection. */
const NAMES = ["__proto__", "constructor", "toJSON", "hasOwnProperty", "_meta", "", "ID", "\ud83d"];

/** What becomes of some answer to a stream. */
export interface Tampering {
  readonly kind: keyof typeof ROW_KINDS | keyof typeof BODY_KINDS;
  readonly stream: ListedStreamName;
  /** Which answer to the stream is the first, counted from 1, and how many are struck from there on. */
  readonly nth: number;
  readonly times: number;
  readonly pick: number;
  readonly value: Json;
}

type OnRow = (rows: Json[], index: number, tampering: Tampering) => void;

/** These concern one row each: whatever they do, the others are captured. */
const ROW_KINDS = {
  field: (rows, index, { pick, value, stream }) => {
    const row = rows[index];
    if (!isJsonObject(row)) return;
    const name = nth(Object.keys(row), Math.floor(pick / 7));
    if (name !== undefined && !isOtherKey(stream, name, value)) row[name] = value;
  },
  key: (rows, index, { value, stream }) => {
    const { keyField } = streams[stream];
    const row = rows[index];
    if (isJsonObject(row) && !isOtherKey(stream, keyField, value)) row[keyField] = value;
  },
  time: (rows, index, { pick, value }) => {
    const row = rows[index];
    const name = nth(["started_at", "created_at", "updated_at", "ended_at", "status"], pick);
    if (isJsonObject(row) && name !== undefined && name in row) row[name] = value;
  },
  droppedField: (rows, index, { pick }) => {
    const row = rows[index];
    if (isJsonObject(row)) delete row[nth(Object.keys(row), Math.floor(pick / 7)) ?? ""];
  },
  strangeField: (rows, index, { pick, value }) => {
    const row = rows[index];
    const name = nth(NAMES, Math.floor(pick / 7)) ?? "";
    const property = { value, configurable: true, enumerable: true, writable: true };
    if (isJsonObject(row)) Object.defineProperty(row, name, property);
  },
  row: (rows, index, { value }) => {
    rows[index] = value;
  },
  twin: (rows, index) => {
    rows[index] = structuredClone(rows[(index + 1) % rows.length] ?? null);
  },
} satisfies Record<string, OnRow>;

type OnBody = (body: JsonObject, bodyKey: string, tampering: Tampering) => void;

/** These may end the run of the stream. */
const BODY_KINDS = {
  droppedList: (body, bodyKey) => {
    delete body[bodyKey];
  },
  otherList: (body, bodyKey, { value }) => {
    body[bodyKey] = isJsonObject(value) ? [value] : value;
  },
  allRows: (body, bodyKey, { value }) => {
    const rows = body[bodyKey];
    if (Array.isArray(rows)) body[bodyKey] = rows.map(() => structuredClone(value));
  },
  longPage: (body, bodyKey) => {
    const rows = body[bodyKey];
    if (Array.isArray(rows)) body[bodyKey] = Array.from({ length: 60 }, () => rows).flat();
  },
  deepRow: (body, bodyKey) => {
    const [row] = rowsOf(body, bodyKey);
    let deep: Json = null;
    for (let depth = 0; depth < 60; depth++) deep = [deep];
    if (isJsonObject(row)) row.deep = deep;
  },
  otherMeta: (body, _, { value }) => {
    body.meta = value;
  },
  otherTotal: (body, _, { value }) => {
    if (isJsonObject(body.meta)) body.meta.total = value;
  },
  otherHost: (body) => {
    if (isJsonObject(body.meta) && typeof body.meta.next_page_link === "string")
      body.meta.next_page_link = "https://elsewhere.example.com/v1/calls?page=2";
  },
} satisfies Record<string, OnBody>;

const rowKinds = Object.keys(ROW_KINDS) as (keyof typeof ROW_KINDS)[];
const bodyKinds = Object.keys(BODY_KINDS) as (keyof typeof BODY_KINDS)[];

export const hostile: fc.Arbitrary<Tampering> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...rowKinds) },
    { weight: 3, arbitrary: fc.constant("key" as const) },
    { weight: 1, arbitrary: fc.constantFrom(...bodyKinds) },
  ),
  stream: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<ListedStreamName>("calls", "contacts") },
    { weight: 2, arbitrary: fc.constantFrom(...listedStreamNames) },
  ),
  // Most lists are one answer.
  nth: fc.constantFrom(1, 1, 1, 1, 2, 3, 5, 8),
  times: fc.constantFrom(1, 2, 50),
  pick: fc.nat(10_000),
  value: fc.constantFrom(...VALUES),
});

/** Answers of an API that does as it has been told to, and remembers which rows it has touched. */
export class HostileApi {
  #plan: readonly Tampering[] = [];
  readonly #answers = new Map<ListedStreamName, number>();
  readonly touched = new Map<ListedStreamName, Set<string>>(
    listedStreamNames.map((name) => [name, new Set()]),
  );
  /** Of these, more than single rows were touched. */
  readonly broken = new Set<ListedStreamName>();

  /** From now on this is what it does, and nothing else. */
  obey(plan: readonly Tampering[]): void {
    this.#plan = plan;
    this.#answers.clear();
  }

  readonly tamper = (body: JsonObject, { pathname }: URL): void => {
    const [stream, bodyKey] = streamOf(pathname);
    if (stream === undefined) return;
    const answer = (this.#answers.get(stream) ?? 0) + 1;
    this.#answers.set(stream, answer);
    for (const one of this.#plan) {
      if (one.stream === stream && answer >= one.nth && answer < one.nth + one.times)
        this.#strike(body, bodyKey, one);
    }
  };

  #strike(body: JsonObject, bodyKey: string, one: Tampering): void {
    if (isBodyKind(one.kind)) {
      this.broken.add(one.stream);
      BODY_KINDS[one.kind](body, bodyKey, structuredClone(one));
      return;
    }
    const rows = rowsOf(body, bodyKey);
    if (rows.length === 0) return;
    const index = one.pick % rows.length;
    const row = rows[index];
    if (isJsonObject(row)) this.touched.get(one.stream)?.add(String(row[streams[one.stream].keyField]));
    ROW_KINDS[one.kind](rows, index, structuredClone(one));
    if (!Array.isArray(body[bodyKey])) body[bodyKey] = rows[0] ?? null;
  }
}

function isBodyKind(kind: Tampering["kind"]): kind is keyof typeof BODY_KINDS {
  return Object.hasOwn(BODY_KINDS, kind);
}

/** Another key that could be one is a lie that nobody can see through, and not hostile. */
function isOtherKey(stream: ListedStreamName, field: string, value: Json): boolean {
  const { keyField } = streams[stream];
  if (field !== keyField) return false;
  return keyField === "name"
    ? typeof value === "string" && value !== ""
    : Number.isSafeInteger(value) && Number(value) > 0;
}

function rowsOf(body: JsonObject, bodyKey: string): Json[] {
  const held = body[bodyKey];
  return Array.isArray(held) ? held : held === undefined ? [] : [held];
}

function streamOf(path: string): [ListedStreamName, string] | [undefined, ""] {
  for (const name of listedStreamNames) {
    const list = LIST_OF[name];
    if (path === list.path) return [name, list.bodyKey];
    if (/^\/\d+$/.test(path.slice(list.path.length)) && path.startsWith(list.path))
      return [name, list.bodyKey.replace(/s$/, "")];
  }
  return [undefined, ""];
}

function nth<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % Math.max(1, items.length)];
}
