import { describe, expect, test } from "vitest";
import { UnexpectedAnswer } from "../../src/errors.ts";
import type { Json } from "../../src/shared/json.ts";
import type { LogFields } from "../../src/shared/ports.ts";
import { MalformedRows } from "../../src/streams/malformed-rows.ts";
import { type RowNeeds, wellFormedDocuments } from "../../src/streams/rows.ts";
import { instantOf, isId, isInstantBy } from "../../src/streams/values.ts";
import { rememberingLog } from "../support/world.ts";

const NOW = Date.UTC(2026, 5, 15) / 1000;
const needs: RowNeeds<{ id: number; at: number }> = { id: isId, at: isInstantBy(NOW) };
const NAME = "Ada Example, +1 555 0123";

/** Reports, and what became of them. */
function reports() {
  const lines: [string, LogFields | undefined][] = [];
  const counts: number[] = [];
  const warn = (message: string, fields?: LogFields) => void lines.push([message, fields]);
  const malformed = new MalformedRows({ ...rememberingLog(), warn }, (rows) => counts.push(rows));
  return { malformed, secretFields: [], lines, counts };
}

describe("a row", () => {
  test.each<[string, Json, string]>([
    ["that is text", NAME, "it is no object"],
    ["that is null", null, "it is no object"],
    ["that is a list", [{ id: 1, at: NOW }], "it is no object"],
    ["without an ID", { at: NOW }, 'its "id" is missing'],
    ["with null for an ID", { id: null, at: NOW }, 'its "id" cannot be used'],
    ["with text for an ID", { id: "7", at: NOW }, 'its "id" cannot be used'],
    ["with an ID that is no whole number", { id: 1.5, at: NOW }, 'its "id" cannot be used'],
    ["with an ID that no number holds exactly", { id: 2 ** 53, at: NOW }, 'its "id" cannot be used'],
    ["with an ID of 0", { id: 0, at: NOW }, 'its "id" cannot be used'],
    ["with the ID of its neighbour", { id: 1, at: NOW }, 'its "id" is that of another row of the page'],
    ["without its instant", { id: 2 }, 'its "at" is missing'],
    ["with text for an instant", { id: 2, at: "2026" }, 'its "at" cannot be used'],
    ["of the year 9999", { id: 2, at: 253_402_300_799 }, 'its "at" cannot be used'],
    ["of a week ahead", { id: 2, at: NOW + 7 * 86_400 }, 'its "at" cannot be used'],
    ["of before there was Aircall", { id: 2, at: -1 }, 'its "at" cannot be used'],
  ])("%s is reported, and its neighbours are documents", (_, row, fault) => {
    const { lines, counts, ...source } = reports();
    const documents = wellFormedDocuments([{ id: 1, at: NOW }, row, { id: 3, at: NOW }], needs, source);
    expect(documents.map(({ id }) => id)).toEqual([1, 3]);
    expect(lines.map(([message]) => message)).toEqual([expect.stringMatching(`: ${fault}$`)]);
    expect(counts).toEqual([1]);
  });

  test("is a document whatever stands in the fields that nothing relies on", () => {
    const row = JSON.parse(`{"id": 1, "at": ${NOW}, "status": 7, "name": {"": [null]}, "__proto__": "?"}`);
    const [document] = wellFormedDocuments([structuredClone(row)], needs, reports());
    expect(JSON.stringify(document)).toBe(JSON.stringify({ ...row, _meta: { op: "u" } }));
  });

  test("of this very second, or a day ahead of our clock, has an instant", () => {
    expect([NOW, NOW + 86_400, NOW + 86_401, 0].map((at) => instantOf(at, NOW))).toEqual([
      ...[NOW, NOW + 86_400],
      ...[undefined, undefined],
    ]);
  });
});

describe("many rows", () => {
  const strangers = (count: number) => Array.from({ length: count }, (_, index) => ({ uuid: index }));

  test("of which none can be used are another API, and the error says what to do", () => {
    const read = () => wellFormedDocuments(strangers(10), needs, reports());
    expect(read).toThrow(UnexpectedAnswer);
    expect(read).toThrow(/10 rows .* newer version/);
  });

  test("of which one can be used are no reason to stop, and neither are a few of which none can", () => {
    const source = reports();
    expect(wellFormedDocuments([...strangers(49), { id: 1, at: NOW }], needs, source)).toHaveLength(1);
    expect(wellFormedDocuments(strangers(9), needs, source)).toEqual([]);
  });
});

describe("what cannot be used", () => {
  test("is reported once however often it is read, by its ID, and nothing else of it is reported", () => {
    const { lines, counts, ...source } = reports();
    for (let page = 0; page < 3; page++) {
      for (const id of [5, 6]) wellFormedDocuments([{ id, at: NAME, name: NAME }], needs, source);
    }
    expect(lines.map(([, fields]) => fields)).toEqual([{ id: 5 }, { id: 6 }]);
    expect(JSON.stringify(lines)).not.toContain("Ada");
    expect(counts).toEqual([1, 2]);
  });

  test("and has no ID is counted, and reported once for all", () => {
    const { lines, counts, ...source } = reports();
    for (const name of [NAME, "Bo Example", NAME]) wellFormedDocuments([{ name, at: NOW }], needs, source);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain("Ada");
    expect(counts).toEqual([1, 2]);
  });

  test("is reported up to a bound, which is reported too", () => {
    const { lines, counts, ...source } = reports();
    for (let id = 1; id <= 1_500; id++) wellFormedDocuments([{ id }], needs, source);
    expect(lines).toHaveLength(1_001);
    expect(lines.at(-1)?.[0]).toContain("1000 rows");
    expect(counts.at(-1)).toBe(1_000);
  });
});
