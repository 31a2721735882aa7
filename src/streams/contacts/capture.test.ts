import { expect, test } from "vitest";
import { markOf } from "../known-ids.ts";
import { type ContactVersions, decideCapture } from "./capture.ts";

const VERSION = "AAAAAAAAAAAA";
const OTHER = "BBBBBBBBBBBB";

/** A known contact of an earlier process that has not changed since it was captured. */
const UNCHANGED: ContactVersions = {
  version: VERSION,
  mark: markOf(VERSION),
  remembered: undefined,
  atWatermark: undefined,
  updatedAtSeconds: 19,
  capturedBeforeSeconds: 20,
};

test.each<[string, boolean, Partial<ContactVersions>]>([
  ["is known, and changed before all that is captured", false, {}],
  ["is not known", true, { mark: undefined }],
  ["is not known, though the process remembers its version", true, { mark: undefined, remembered: "same" }],
  ["is remembered", false, { remembered: "same" }],
  [
    "is remembered, whatever its mark and its time of change",
    false,
    { remembered: "same", mark: markOf(OTHER), updatedAtSeconds: 30 },
  ],
  ["is remembered with another version", true, { remembered: "other" }],
  ["has another mark", true, { mark: markOf(OTHER) }],
  ["may have changed since, whatever its mark", true, { updatedAtSeconds: 20 }],
  ["is the version of the watermark's own second", false, { updatedAtSeconds: 20, atWatermark: VERSION }],
  ["is another version of the watermark's own second", true, { updatedAtSeconds: 20, atWatermark: OTHER }],
  ["has no time of change", false, { updatedAtSeconds: undefined }],
  ["has no time of change and another mark", true, { updatedAtSeconds: undefined, mark: markOf(OTHER) }],
])("a contact that %s: is it captured? %s", (_, isCaptured, contact) => {
  expect(decideCapture({ ...UNCHANGED, ...contact })).toBe(isCaptured);
});
