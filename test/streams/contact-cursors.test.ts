import { expect, test } from "vitest";
import { ContactCursors } from "../../src/streams/contacts/cursors.ts";
import { DigestMemory } from "../../src/streams/memory.ts";
import type { Source } from "../../src/streams/source.ts";
import { TestClock } from "../support/clock.ts";

const source = { clock: new TestClock(), memory: new DigestMemory() } as unknown as Source;

test("a pass that another takes the place of leaves it what was not captured for certain", () => {
  const backfill = { after: 7, until: 20, changedSince: 5 };
  const cursors = ContactCursors.read({ watermark: 20, atWatermark: {}, known: {}, backfill }, source);
  expect([...(cursors?.beginFullPass(30) ?? [])]).toMatchObject([
    { patch: { watermark: 30, backfill: { after: -1, until: 30, changedSince: 5 } } },
  ]);
});

test("a pass leaves out what was captured before the watermark and has the mark that it had", () => {
  const cursors = ContactCursors.read({ watermark: 20, atWatermark: {}, known: {}, backfilledAt: 1 }, source);
  cursors?.known.set(1, 0);
  for (const _ of cursors?.beginFullPass(20) ?? []);
  const unmarked = "AAAAAAAAAAAA";
  expect(cursors?.isNews({ id: 1, created_at: 1, updated_at: 19 }, unmarked)).toBe(false);
  expect(cursors?.isNews({ id: 2, created_at: 1, updated_at: 19 }, unmarked)).toBe(true);
  expect(cursors?.isNews({ id: 1, created_at: 1, updated_at: 19 }, "BBBBBBBBBBBB")).toBe(true);
});
