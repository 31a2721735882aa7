import { expect, test } from "vitest";
import { streams } from "../../src/streams/index.ts";
import { EventRuns, eventOf, NOW } from "./event-runs.ts";

const PRESENCE = eventOf("user.closed.v2", NOW, { id: 501, name: "Ada Byron", substatus: "On a break" });
const ENDED = eventOf("call.ended", NOW + 1, { id: 7, user: { id: 501, authentication_token: "secret" } });

test("each event is a row as it came, but for secrets", async () => {
  const runs = new EventRuns(streams.events);
  expect(await runs.pass(PRESENCE, ENDED)).toEqual([
    { ...PRESENCE, _meta: { op: "u" } },
    { ...ENDED, data: { id: 7, user: { id: 501 } }, _meta: { op: "u" } },
  ]);
  expect(ENDED.data).toHaveProperty("user.authentication_token");
  expect(runs.state).toEqual({});
});

test("an event that comes twice is one row, also in another process", async () => {
  const runs = new EventRuns(streams.events);
  await runs.pass(PRESENCE, PRESENCE);
  await runs.pass(PRESENCE);
  expect([...runs.rows.values()]).toEqual([PRESENCE]);
});

test.each([streams.events, streams.messages])(
  "$name warns where no events are received, and captures nothing",
  async (definition) => {
    const runs = new EventRuns(definition, { receives: false });
    expect(await runs.pass()).toEqual([]);
    expect(runs.log.lines).toEqual([
      "warn Nothing can be captured: the rows of this stream come by events only. Set advanced.events_url to receive events, or leave the stream out.",
    ]);
  },
);

test.each([streams.events, streams.messages])(
  "V12: of $name, an event that a run took and did not commit is captured by the next run",
  async (definition) => {
    const runs = new EventRuns(definition);
    const event = eventOf("message.received", NOW, { id: "m", body: "Hello" });
    let isCaptured = false;
    const captured = runs.arrivals.add(event).then(() => {
      isCaptured = true;
    });
    const lost = await Array.fromAsync(runs.blocks());
    expect(lost.flatMap(({ documents }) => documents)).toHaveLength(1);
    expect(isCaptured).toBe(false);
    const [document] = await runs.pass();
    expect(document).toEqual(lost[0]?.documents[0]);
    await captured;
    expect(await runs.pass()).toEqual([]);
  },
);
