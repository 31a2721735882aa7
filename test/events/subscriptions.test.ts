import { expect, test } from "vitest";
import { EVENT_NAMES } from "../../emulator/account/event-names.ts";
import { wantedEvents } from "../../src/events/index.ts";
import { streamNames } from "../../src/streams/index.ts";

const familiesOf = (...streams: string[]) => [
  ...new Set(wantedEvents(streams).flatMap((names) => names.map((name) => name.split(".")[0]))),
];

test.each([
  [["calls"], ["call"]],
  [["contacts"], ["contact"]],
  [["users"], ["user"]],
  [["user_availablity"], ["user"]],
  [["numbers"], ["number"]],
  [["messages"], ["message", "group_message"]],
  [["tags", "teams", "webhooks", "company"], []],
  [
    ["numbers", "calls"],
    ["call", "number"],
  ],
])("a capture of %j wants the events of %j", (streams, families) => {
  expect(familiesOf(...streams)).toEqual(families);
});

test("a capture of insights wants the events of its own kinds only", () => {
  expect(wantedEvents(["summaries"])).toEqual([["summary.created"]]);
  expect(wantedEvents(["predicted_csats"])).toEqual([["summary.created"]]);
  expect(wantedEvents(["custom_summaries", "topics"]).flat().toSorted()).toEqual([
    "custom_summary.result_created",
    "custom_summary.result_updated",
    "topics.created",
  ]);
});

test("users are wanted in their second version only", () => {
  const names = wantedEvents(["users", "user_availablity"]).flat();
  expect(names).toHaveLength(8);
  expect(names.filter((name) => !name.endsWith(".v2"))).toEqual([]);
});

test("the stream of events wants every event that there is, but for the deprecated ones", () => {
  const names = wantedEvents(["events"]).flat();
  expect(names.toSorted()).toEqual(EVENT_NAMES.filter((name) => !/^user\.\w+$/.test(name)).toSorted());
});

test("no live transcription, report or integration is wanted by other streams", () => {
  const names = wantedEvents([...streamNames, "messages"].filter((name) => name !== "events")).flat();
  expect(names.filter((name) => /realtime|analytics|integration|voice_agent/.test(name))).toEqual([]);
});
