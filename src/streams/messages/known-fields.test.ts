import { expect, test } from "vitest";
import type { JsonObject } from "../../shared/json.ts";
import { type ChangeInstant, KnownFields } from "./known-fields.ts";

const NOW = 1_781_524_800;
const FIELDS = [
  "direct_link",
  "direction",
  "external_number",
  "body",
  "status",
  "created_at",
  "number",
  "contact",
];

const noteMessage = (known: KnownFields, id: string, instant: ChangeInstant) =>
  known.note(
    id,
    FIELDS.map((field) => [field, instant] as const),
  );

test("the messages of which all take more than 1 MiB are forgotten, the earliest first", () => {
  const known = new KnownFields(undefined);
  const state: JsonObject = {};
  let early = 0;
  let count = 0;
  for (; early === 0; count++) {
    noteMessage(known, `message-${count}`, [NOW, 0, NOW * 1000]);
    early = known.forget(NOW);
    Object.assign(state, known.takeChanges());
  }
  const kept = Object.entries(state).filter(([, fields]) => fields !== null);
  const bytes = JSON.stringify(Object.fromEntries(kept)).length;
  expect(bytes).toBeGreaterThan(1024 * 1024 - 200);
  expect(bytes).toBeLessThanOrEqual(1024 * 1024);
  expect(count).toBeGreaterThan(8_000);
  expect(noteMessage(known, `message-${count - 1}`, [NOW - 1, 0, 0]).size).toBe(0);
  expect(noteMessage(known, "message-0", [NOW - 1, 0, 0]).size).toBe(FIELDS.length);
});

test("what is kept is the same after a restart", () => {
  const known = new KnownFields(undefined);
  noteMessage(known, "m", [NOW, 0, 5]);
  known.note("m", [["status", [NOW + 1, 1, 0]]]);
  const restarted = new KnownFields(known.takeChanges());
  expect(known.takeChanges()).toEqual({});
  expect(restarted.note("m", [["status", [NOW + 1, 0, 0]]])).toEqual(new Set());
  expect(
    restarted.note("m", [
      ["body", [NOW, 0, 5]],
      ["new", [1, 0, 0]],
    ]),
  ).toEqual(new Set(["body", "new"]));
});
