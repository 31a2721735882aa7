import fc from "fast-check";
import { expect, test } from "vitest";
import { mergePatch } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { KnownCalls } from "./known-calls.ts";

const QUARTER_SECONDS = 900;
const HOUR_SECONDS = 3600;
const NOON_SECONDS = 1_790_000_100;

/** A digest, as different as its number. */
const version = (number: number) => Buffer.alloc(9, number * 37 + 1).toString("base64url");

/** Known calls beside what they should know, which is kept as plainly as can be. */
class Model {
  readonly #expected = new Map<number, { quarter: number; version: number }>();
  #known = new KnownCalls();
  #state: JsonObject = {};

  apply(act: Act): void {
    if ("id" in act) this.#note(act);
    else if ("forgetBefore" in act) this.#forgetBefore(act.forgetBefore);
    else {
      this.#state = mergePatch(this.#state, this.#known.takeChanges() ?? {});
      this.#known = new KnownCalls(JSON.parse(JSON.stringify(this.#state)));
    }
  }

  expectEqual(): void {
    expect(this.#known.size).toBe(this.#expected.size);
    for (const [id, kept] of this.#expected) {
      const unchanged = VERSIONS.filter((other) => !this.#known.changed(id, version(other)));
      expect(unchanged).toEqual([kept.version]);
    }
  }

  #note({ id, quarter, version: number }: Noted): void {
    this.#known.note(id, NOON_SECONDS + quarter * QUARTER_SECONDS, version(number));
    this.#expected.set(id, { quarter, version: number });
  }

  #forgetBefore(first: number): void {
    this.#known.forgetBefore(NOON_SECONDS + first * QUARTER_SECONDS);
    for (const [id, { quarter }] of this.#expected) if (quarter < first) this.#expected.delete(id);
  }
}

const VERSIONS = [0, 1, 2, 3, 4];
type Noted = { id: number; quarter: number; version: number };
type Act = Noted | { forgetBefore: number } | { restart: true };

const id = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const act = fc.oneof<fc.MaybeWeightedArbitrary<Act>[]>(
  {
    weight: 6,
    arbitrary: fc.record({ id, quarter: fc.nat(5), version: fc.constantFrom(...VERSIONS) }),
  },
  { weight: 1, arbitrary: fc.record({ forgetBefore: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constant({ restart: true } as const) },
);

test("whatever is noted, moved and forgotten, a restart from the patches knows the same versions", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const model = new Model();
      for (const one of acts) {
        model.apply(one);
        model.expectEqual();
      }
    }),
  );
});

test("a change rewrites the calls of its quarter of an hour, and a call that moves is in one of them only", () => {
  const known = new KnownCalls();
  for (let call = 0; call < 1_000; call++) known.note(call + 1, NOON_SECONDS + call * 60, version(1));
  const state = known.takeChanges() as Record<string, Record<string, string>>;
  expect(Object.values(state).flatMap((day) => Object.keys(day))).toHaveLength(67);
  expect(known.takeChanges()).toBeUndefined();

  known.note(500, NOON_SECONDS + 499 * 60, version(2));
  const patch = known.takeChanges() as typeof state;
  const [[day = "", buckets = {}] = []] = Object.entries(patch);
  const [[quarter = "", text = ""] = []] = Object.entries(buckets);
  expect(patch).toEqual({ [day]: { [quarter]: text } });
  expect(text.length).toBe(state[day]?.[quarter]?.length);
  expect(text.length).toBeLessThan(120);

  known.note(500, NOON_SECONDS + 5 * HOUR_SECONDS, version(2));
  known.note(500, NOON_SECONDS + 499 * 60, version(3));
  expect(new KnownCalls(mergePatch(state, known.takeChanges() ?? {})).changed(500, version(2))).toBe(true);
});

test("10,000 calls a day take less than eight bytes a call", () => {
  const known = new KnownCalls();
  const count = 30_000;
  // IDs are shared by all companies: those of one company lie apart.
  for (let call = 0; call < count; call++)
    known.note(4_100_000_000 + call * 300, NOON_SECONDS + call * 8.64, version(call % 7));
  expect(JSON.stringify(known.takeChanges()).length / count).toBeLessThan(8);
});

test("where there is no room for all calls, the latest are kept", () => {
  const known = new KnownCalls({}, 1_000);
  for (let call = 0; call < 400; call++) known.note(call + 1, NOON_SECONDS + call * 60, version(1));
  const keptSinceSeconds = known.forgetWhatHasNoRoom() ?? 0;
  const firstKept = (keptSinceSeconds - NOON_SECONDS) / 60 + 1;
  expect(known.size).toBeGreaterThan(100);
  expect(known.size).toBe(400 - Math.ceil(firstKept) + 1);
  expect(known.changed(400, version(1))).toBe(false);
  expect(known.changed(1, version(1))).toBe(true);
  const days = Object.values((known.takeChanges() ?? {}) as Record<string, Record<string, string | null>>);
  const texts = days.flatMap((day) => Object.values(day)).filter((one) => one !== null);
  expect(texts.join("").length).toBeLessThanOrEqual(1_000);
  expect(known.forgetWhatHasNoRoom()).toBeUndefined();
});

test.each<[string, unknown]>([
  ["no object", "AAAAAA"],
  ["a day that is no object", { 20717: "BAAAAA" }],
  ["a text that is cut", { 20717: { 57: "gBAA" } }],
  ["a character of no digit", { 20717: { 57: "B!!!!!" } }],
  ["no text", { 20717: { 57: 7 } }],
  ["a name that is no number", { 20717: { noon: "BAAAAA" } }],
  ["an ID beyond all numbers", { 20717: { 57: `${"_".repeat(20)}BAAAAA` } }],
])("state with %s counts as nothing known", (_, state) => {
  expect(new KnownCalls(state).size).toBe(0);
});
