import { expect, test } from "vitest";
import { RecordMaker } from "../../src/protocols/singer/output.ts";
import { everything, readSelection } from "../../src/protocols/singer/selection.ts";
import { rememberingLog } from "../support/world.ts";

const NOW_MS = Date.UTC(2026, 5, 15, 12);
const tag = (fields: object) => ({ id: 1, name: "Refund", ...fields, _meta: { op: "u" as const } });

function recordOf(maker: RecordMaker, fields: object): unknown {
  const message = maker.message(tag(fields), NOW_MS);
  return message.type === "RECORD" && message.record;
}

test("a field that no schema names is left out, and told of once", () => {
  const [stream] = everything().filter(({ name }) => name === "tags");
  if (!stream) throw new Error("there are no tags");
  const log = rememberingLog();
  const maker = new RecordMaker(stream, undefined, log);
  const expected = { id: 1, name: "Refund", _sdc_deleted_at: null };
  expect(recordOf(maker, { shade: "dark" })).toEqual(expected);
  expect(recordOf(maker, { shade: "light" })).toEqual(expected);
  expect(log.lines).toEqual([
    'warn the field "shade" is new at Aircall and not in the catalog, so it is left out',
  ]);
});

test("a field that was deselected is left out, and that is nothing to tell of", () => {
  const metadata = [
    { breadcrumb: [], metadata: { selected: true } },
    { breadcrumb: ["properties", "name"], metadata: { selected: false } },
  ];
  const [stream] = readSelection({ streams: [{ tap_stream_id: "tags", metadata }] }, rememberingLog());
  if (!stream) throw new Error("tags were not selected");
  const log = rememberingLog();
  expect(recordOf(new RecordMaker(stream, undefined, log), {})).toEqual({ id: 1, _sdc_deleted_at: null });
  expect(log.lines).toEqual([]);
});

test("a field of Aircall with the name of Singer's mark of deletions is left out, and reported once", () => {
  const [stream] = everything().filter(({ name }) => name === "tags");
  if (!stream) throw new Error("there are no tags");
  const log = rememberingLog();
  const maker = new RecordMaker(stream, undefined, log);
  for (const id of [1, 2])
    expect(recordOf(maker, { id, _sdc_deleted_at: "2020-01-01" })).toMatchObject({
      id,
      _sdc_deleted_at: null,
    });
  expect(log.lines).toEqual([
    expect.stringMatching(/^warn Aircall has a field "_sdc_deleted_at" of its own/),
  ]);
});
