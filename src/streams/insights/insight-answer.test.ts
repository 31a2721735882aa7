import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../shared/json.ts";
import { MalformedRows } from "../malformed-rows.ts";
import { insightIn, isEmptyAnswer } from "./insight-answer.ts";

const SUMMARY = { envelope: "summary", content: ["content"] };

function read(body: JsonObject, kind: { envelope?: string } = SUMMARY, callId = 7) {
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, warn: (message: string) => warnings.push(message), error() {} };
  const insight = insightIn(body, kind, callId, new MalformedRows(log, () => {}));
  return { insight, warnings };
}

describe("an insight", () => {
  test.each<[string, JsonObject]>([
    ["a number", { call_id: 7 }],
    ["a text", { call_id: "7" }],
    ["null", { call_id: null }],
    ["nothing", {}],
  ])("an insight is the same in its envelope and without, by a whole number: for %s", (_, given) => {
    const body = { id: "1", ...given, content: "Words" };
    const expected = { id: "1", call_id: 7, content: "Words" };
    expect(read(body)).toEqual({ insight: expected, warnings: [] });
    expect(read({ summary: body })).toEqual({ insight: expected, warnings: [] });
    expect(read(body, {})).toEqual({ insight: expected, warnings: [] });
  });

  test("all other fields are kept as they are", () => {
    const body = { id: 1, call_id: "7", content: null, later: [{ x: 1 }], summary: "of another shape" };
    expect(read(body).insight).toEqual({ ...body, call_id: 7 });
  });

  test.each([8, "8", 7.5, true, [7]])(
    "an answer about another call is reported and is no insight: %j",
    (call_id) => {
      const { insight, warnings } = read({ summary: { call_id, content: "Words" } });
      expect(insight).toBeUndefined();
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).not.toContain("Words");
    },
  );
});

describe("an answer that says nothing is empty, in its envelope and without", () => {
  const TRANSCRIPTION = { envelope: "transcription", content: ["content.utterances"] };
  const CSAT = { envelope: "csat", content: ["score", "drivers"] };
  const isEmpty = (insight: JsonObject, kind: typeof CSAT) => {
    const [bare, held] = [insight, { [kind.envelope]: insight }].map((body) => isEmptyAnswer(body, kind));
    expect(held).toBe(bare);
    return bare;
  };

  test.each<[JsonObject, typeof CSAT]>([
    [{}, SUMMARY],
    [{ id: 1, call_id: 7, content: "" }, SUMMARY],
    [{ id: 1, content: null }, SUMMARY],
    [{ id: 1, content: [] }, SUMMARY],
    [{ content: { language: "en", utterances: [] } }, TRANSCRIPTION],
    [{ content: "words" }, TRANSCRIPTION],
    [{ score: null, drivers: [] }, CSAT],
  ])("%j", (insight, kind) => {
    expect(isEmpty(insight, kind)).toBe(true);
  });

  test.each<[JsonObject, typeof CSAT]>([
    [{ content: "Words" }, SUMMARY],
    [{ content: { language: null, utterances: [{ text: "" }] } }, TRANSCRIPTION],
    [{ score: 0, drivers: [] }, CSAT],
    [{ score: null, drivers: [{ label: "Words" }] }, CSAT],
  ])("but not %j", (insight, kind) => {
    expect(isEmpty(insight, kind)).toBe(false);
  });
});
