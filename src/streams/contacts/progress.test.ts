import { expect, test } from "vitest";
import { mergePatch } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import {
  BEGINNING,
  type ContactProgress,
  fullScanBegun,
  fullScanEnded,
  hasBegun,
  readState,
  scannedThrough,
  type Transition,
  watermarkMoved,
} from "./progress.ts";

const SCANNING: ContactProgress = {
  watermark: 20,
  atWatermark: { 7: "AAAAAAAAAAAA", 8: "BBBBBBBBBBBB" },
  backfill: { after: 7, until: 20, changedSince: 5 },
};
const SCANNED: ContactProgress = { watermark: 20, atWatermark: { 7: "AAAAAAAAAAAA" }, backfilledAt: 1 };

const events: [string, (progress: ContactProgress) => Transition][] = [
  ["a full scan begins up to a later change", (progress) => fullScanBegun(progress, 30, 50)],
  ["a full scan begins where nothing has changed", (progress) => fullScanBegun(progress, 20, 50)],
  ["a page has been scanned", (progress) => scannedThrough(progress, 12, { 9: "CCCCCCCCCCCC" })],
  ["a full scan ends", (progress) => fullScanEnded(progress, 99)],
  ["the watermark moves", (progress) => watermarkMoved(progress, 25, { 8: "CCCCCCCCCCCC" })],
  [
    "another contact changed in the second of the watermark",
    (progress) => watermarkMoved(progress, 20, { ...progress.atWatermark, 9: "CCCCCCCCCCCC" }),
  ],
  ["nothing has changed", (progress) => watermarkMoved(progress, 20, progress.atWatermark)],
];

test.each(events)(
  "when %s, state becomes what the progress is, and the progress before stays as it was",
  (_, event) => {
    const before = structuredClone(SCANNING);
    const [after, patch] = event(SCANNING);
    const state = mergePatch({ ...BEGINNING, ...SCANNING } as unknown as JsonObject, patch);
    expect(state).toEqual({ ...after, known: {} });
    expect(SCANNING).toEqual(before);
  },
);

test("a full scan that another takes the place of leaves it the changes that were not captured for certain", () => {
  const [after] = fullScanBegun(SCANNING, 30, 50);
  expect(after).toEqual({
    watermark: 30,
    atWatermark: {},
    backfill: { after: -1, until: 50, changedSince: 5 },
  });
});

test("a full scan after another is in doubt of the changes since the watermark", () => {
  const [after] = fullScanBegun(SCANNED, 30, 50);
  expect(after.backfill).toEqual({ after: -1, until: 50, changedSince: 20 });
  expect(after.backfilledAt).toBeUndefined();
});

test("a watermark that stays where it is needs no patch", () => {
  expect(watermarkMoved(SCANNED, 20, { 7: "AAAAAAAAAAAA" })).toEqual([SCANNED, {}]);
});

test("a state without IDs keeps its watermark, and every contact is still to be read", () => {
  const { backfilledAt: _, ...kept } = { ...SCANNED, known: {} };
  expect(readState({ ...SCANNED } as JsonObject)).toEqual(kept);
  expect(hasBegun(readState({ ...SCANNED } as JsonObject) ?? SCANNED)).toBe(false);
  expect(readState({ ...SCANNED, known: {} } as JsonObject)).toEqual({ ...SCANNED, known: {} });
});
