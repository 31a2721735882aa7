import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventOf } from "../../src/events/port/envelope.ts";
import { bodyOf, PATH, Port, requestText, TOKEN } from "../events/port.ts";
import { draws, holdsForAll } from "../support/draws.ts";

const STATUSES = new Set(["100", "200", "400", "401", "404", "405", "408", "413", "503"]);

/** What is put into a request, at a place in it, instead of so many of its bytes. */
const splice = fc.record({
  at: fc.nat(),
  removed: fc.oneof(fc.constant(0), fc.nat({ max: 40 })),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    fc.constantFrom("\r\n", "\r\n\r\n", "0\r\n\r\n", "\n", "\u0000", "%", "Transfer-Encoding: chunked\r\n"),
    fc.constantFrom(
      "Content-Length: 9\r\n",
      "Expect: 100-continue\r\n",
      "Upgrade: h2c\r\nConnection: Upgrade\r\n",
    ),
    fc.constantFrom("GET ", "HEAD ", "OPTIONS ", "CONNECT ", "PRI ", "HTTP/1.0", "HTTP/9.9"),
  ),
});

const chunked = `POST ${PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`;
const forged = bodyOf({ token: "forged" });

/** None of them has our token. */
const requests = fc
  .record({
    request: fc.constantFrom(
      requestText(forged),
      requestText(forged).repeat(3),
      `GET ${PATH} HTTP/1.1\r\nhost: x\r\n\r\n`,
      `${chunked}${forged.length.toString(16)}\r\n${forged}\r\n0\r\n\r\n`,
      "",
    ),
    splices: fc.array(splice, { maxLength: 4 }),
    kept: fc.oneof(
      { weight: 3, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
    end: fc.constantFrom("none", "half", "reset"),
  })
  .map(({ request, splices, kept, end }) => {
    const spliced = splices.reduce((text, { at, removed, put }) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + removed);
    }, request);
    return { bytes: Buffer.from(spliced.slice(0, Math.round(spliced.length * kept)), "latin1"), end };
  });

const json = fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(1e300, -1, 0.5, "\ud83d", "7", 2 ** 60));
const fields = fc.record(
  {
    resource: json,
    event: json,
    timestamp: fc.oneof(fc.nat(), json),
    data: fc.oneof(fc.dictionary(fc.string(), json), json),
  },
  { requiredKeys: [] },
);

/** Whole answers with a status of the port's, if any. */
function expectAnswers(text: string): void {
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? "");
  for (const status of statuses) expect([...STATUSES]).toContain(status);
  expect(text === "" || /^HTTP\/1\.1 \d+ [\s\S]*\r\n\r\n/.test(text)).toBe(true);
}

/** Sends requests beside an event, which is stored. Each has been answered or cut off afterwards. */
async function expectService(port: Port, sent: readonly { bytes: Buffer; end: string }[]): Promise<void> {
  const dialled = sent.map(({ bytes, end }) => ({ ...port.dial(bytes), end }));
  const those = (end: string) => dialled.filter((one) => one.end === end);
  await Promise.all(dialled.map(({ connected }) => connected));
  for (const { socket } of those("half")) socket.end();
  expect((await port.send()).status).toBe(200);
  for (const { socket } of those("reset")) socket.resetAndDestroy();
  // After four seconds what is slow is cut off, and a second later what goes on after its answer.
  await port.clock.runUntil(port.clock.now() + 6_000);
  for (const { text } of [...those("none"), ...those("half")]) expectAnswers(await text);
}

describe("a sender that sends anything", () => {
  test("as bytes is answered or cut off, and the next event is stored", async () => {
    await using port = await Port.open();
    const senders = fc.array(requests, { minLength: 1, maxLength: 5 });
    let events = 0;
    await holdsForAll("requests to the port", senders, draws(150, 5_000), async (sent) => {
      await expectService(port, sent);
      events += 1;
      expect(port.receiver.counts.accepted).toBe(events);
    });
    expect(JSON.stringify(port.lines)).not.toContain(TOKEN);
  });

  test("as JSON with our token is answered with 200, and its event has no token", async () => {
    await using port = await Port.open();
    await holdsForAll("events", fields, draws(300, 10_000), async (sent) => {
      const { status } = await port.receiver.receive({ method: "POST", path: PATH, body: bodyOf(sent) });
      expect(status).toBe(200);
      for (const envelope of port.accepted.splice(0)) {
        const event = eventOf(envelope, () => {});
        expect(event.event_id).toMatch(/^[0-9a-f]{64}$/);
        expect(JSON.stringify(event)).not.toContain(TOKEN);
      }
    });
  });
});
