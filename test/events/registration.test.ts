import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVENT_NAMES } from "../../emulator/account/event-names.ts";
import { wantedEvents } from "../../src/events/index.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { MINUTE_MS, type RegistrationWorld, registrationWorld, URL_OF_PORT } from "./registrations.ts";

type Capture = ReturnType<RegistrationWorld["startCapture"]>;

const CALL_EVENTS = wantedEvents(["calls"]).flat();
const LIST = "GET /v1/webhooks";

/** Exactly one webhook of the capture is there, active and with its events, and the others are as they were. */
function expectWhole(world: RegistrationWorld, capture: Capture, events: readonly string[] = CALL_EVENTS) {
  const [own, ...more] = capture.own();
  expect(more).toEqual([]);
  expect(own).toMatchObject({ url: capture.address, active: true });
  expect(own?.events.toSorted()).toEqual(events.toSorted());
  const others = world.webhooks.listed.filter(({ url }) => url !== capture.address);
  expect(others).toEqual(world.foreign);
  return own as NonNullable<typeof own>;
}

/** A capture that has registered its webhook. */
async function registered(world: RegistrationWorld, ...options: Parameters<typeof world.startCapture>) {
  const capture = world.startCapture(...options);
  await world.pass(1_000);
  expectWhole(world, capture);
  world.requests();
  return capture;
}

describe("a capture that starts", () => {
  test("creates its webhook and leaves those of others alone", async () => {
    await using world = await registrationWorld();
    const capture = world.startCapture();
    expect(capture.registration.isToken("x")).toBe("unknown");
    await world.pass(1_000);
    const { token, uuid } = expectWhole(world, capture);
    expect(capture.looks).toEqual([{ state: "created", refusedEvents: [] }]);
    expect(world.requests()).toEqual([LIST, "POST /v1/webhooks"]);
    expect(capture.remembered).toMatchObject({ id: uuid });
    expect(capture.registration.isToken(token)).toBe(true);
    for (const wrong of [
      "",
      "x",
      token.toUpperCase(),
      `${token} `,
      ...world.foreign.map((other) => other.token),
    ])
      expect(capture.registration.isToken(wrong), wrong).toBe(false);
  });

  test("finds its webhook again, and sends one request at least every five minutes where all is well", async () => {
    await using world = await registrationWorld();
    const first = await registered(world);
    await first.stop();
    const capture = world.startCapture({ remembered: first.remembered });
    await world.pass(60 * MINUTE_MS);
    expectWhole(world, capture);
    expect(new Set(capture.states())).toEqual(new Set(["registered"]));
    const times = world.emulator.requests.recent.map(({ atMs }) => atMs);
    const longestMs = Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0)));
    expect(longestMs).toBeLessThanOrEqual(5 * MINUTE_MS);
    expect(times.length).toBeLessThanOrEqual(16);
    expect(world.requests()).toEqual(times.map(() => LIST));
    expect(capture.looks.some(({ gap }) => gap)).toBe(false);
  });

  test("does nothing where no stream wants an event: to Aircall, an empty list would mean all", async () => {
    await using world = await registrationWorld();
    const capture = world.startCapture({ streams: ["tags"] });
    await world.pass(10 * MINUTE_MS);
    expect(world.requests()).toEqual([]);
    expect(capture.looks).toEqual([]);
  });

  test("subscribes to other events when other streams are captured", async () => {
    await using world = await registrationWorld();
    await (await registered(world)).stop();
    const capture = world.startCapture({ streams: ["contacts", "numbers"] });
    await world.pass(1_000);
    expectWhole(world, capture, wantedEvents(["contacts", "numbers"]).flat());
    expect(capture.looks).toEqual([{ state: "mended", refusedEvents: [] }]);
    expect(world.requests()).toEqual([LIST, "PUT /v1/webhooks/:id"]);
  });

  test("ends at once when it is stopped, whatever it is at", async () => {
    await using world = await registrationWorld();
    const resting = await registered(world);
    await resting.stop();
    const asking = world.startCapture();
    await asking.stop();
    expect(asking.looks).toEqual([]);
  });
});

interface Harm {
  readonly does: (world: RegistrationWorld, capture: Capture) => void;
  readonly state: string;
  /** Whether events may have been lost. */
  readonly isGap: boolean;
}

const ownId = (capture: Capture) => capture.own()[0]?.id ?? 0;

const HARMS: Record<string, Harm> = {
  disabled: {
    does: ({ webhooks }, capture) => webhooks.edit(ownId(capture), { active: false }),
    state: "re-enabled",
    isGap: true,
  },
  "disabled and subscribed to all events": {
    does: ({ webhooks }, capture) =>
      webhooks.edit(ownId(capture), { active: false, events: [...EVENT_NAMES] }),
    state: "re-enabled",
    isGap: true,
  },
  deleted: {
    does: ({ webhooks }, capture) => webhooks.remove(ownId(capture)),
    state: "created",
    isGap: true,
  },
  "deleted and made again by a person": {
    does: ({ webhooks }, capture) => {
      webhooks.remove(ownId(capture));
      webhooks.add({ url: capture.address, active: true, events: CALL_EVENTS });
    },
    state: "registered",
    isGap: false,
  },
  "without some of its events": {
    does: ({ webhooks }, capture) =>
      webhooks.edit(ownId(capture), { events: ["call.ended", "call.created"] }),
    state: "mended",
    isGap: true,
  },
  "with more events than wanted": {
    does: ({ webhooks }, capture) =>
      webhooks.edit(ownId(capture), { events: [...CALL_EVENTS, "contact.created"] }),
    state: "mended",
    isGap: false,
  },
  "there twice": {
    does: ({ webhooks }, capture) =>
      void webhooks.add({ url: capture.address, active: true, events: ["call.ended"] }),
    state: "mended",
    isGap: false,
  },
  "there three times, and active only in the last": {
    does: ({ webhooks }, capture) => {
      webhooks.edit(ownId(capture), { active: false });
      webhooks.add({ url: capture.address, active: false, events: [] });
      webhooks.add({ url: capture.address, active: true, events: CALL_EVENTS });
    },
    state: "mended",
    isGap: false,
  },
};

describe("a webhook that is", () => {
  test.each(Object.entries(HARMS))("%s is whole within five minutes", async (_, { does, state, isGap }) => {
    await using world = await registrationWorld();
    const capture = await registered(world);
    await world.pass(10 * MINUTE_MS);
    const wellMs = world.emulator.requests.recent.at(-1)?.atMs;
    capture.looks.length = 0;
    does(world, capture);
    await world.pass(5 * MINUTE_MS);
    const { token } = expectWhole(world, capture);
    expect(capture.registration.isToken(token)).toBe(true);
    expect(capture.looks[0]?.state).toBe(state);
    expect(capture.looks[0]?.gap).toEqual(isGap ? { sinceMs: wellMs } : undefined);
    await world.pass(5 * MINUTE_MS);
    expect(capture.looks.at(-1)).toEqual({ state: "registered", refusedEvents: [] });
  });

  test("given another address by a person is theirs, and the capture gets a new one", async () => {
    await using world = await registrationWorld();
    const capture = await registered(world);
    const taken = capture.own()[0];
    world.webhooks.edit(ownId(capture), { url: "https://theirs.test/" });
    await world.pass(5 * MINUTE_MS);
    expect(capture.states().at(-1)).toMatch(/created|registered/);
    expect(capture.own()).toHaveLength(1);
    expect(world.webhooks.listed).toContain(taken);
    expect(world.webhooks.size).toBe(world.foreign.length + 2);
  });

  test("deleted while no capture runs is a gap of the next one, of unknown beginning", async () => {
    await using world = await registrationWorld();
    const first = await registered(world);
    await first.stop();
    world.webhooks.remove(ownId(first));
    const capture = world.startCapture({ remembered: first.remembered });
    await world.pass(1_000);
    expect(capture.looks).toEqual([{ state: "created", gap: { sinceMs: undefined }, refusedEvents: [] }]);
  });

  test("harmed at any time in any way is whole five minutes after the last harm", async () => {
    const harms = fc.array(
      fc.record({ name: fc.constantFrom(...Object.keys(HARMS)), afterMs: fc.nat(10 * MINUTE_MS) }),
      { minLength: 1, maxLength: 8 },
    );
    await holdsForAll("harms of a webhook", harms, draws(15, 500), async (drawn) => {
      await using world = await registrationWorld();
      const capture = await registered(world);
      for (const { name, afterMs } of drawn) {
        await world.pass(afterMs);
        if (capture.own().length > 0) HARMS[name]?.does(world, capture);
      }
      await world.pass(5 * MINUTE_MS);
      expectWhole(world, capture);
    });
  });
});

describe("event names that Aircall refuses", () => {
  const refusedNames = ["call.hold", "user.wut_end.v2", ...wantedEvents(["messages"]).flat()];
  const accepted = EVENT_NAMES.filter((name) => !refusedNames.includes(name));
  const streams = ["calls", "users", "messages", "contacts"];
  const wanted = wantedEvents(streams).flat();
  const left = wanted.filter((name) => !refusedNames.includes(name));

  test("keep no other out, and are reported once", async () => {
    await using world = await registrationWorld({ eventNames: accepted });
    const capture = world.startCapture({ streams });
    await world.pass(60 * MINUTE_MS);
    expectWhole(world, capture, left);
    expect(capture.looks[0]?.state).toBe("created");
    expect(capture.looks.at(-1)).toEqual({ state: "registered", refusedEvents: expect.any(Array) });
    expect(capture.looks.at(-1)?.refusedEvents.toSorted()).toEqual(refusedNames.toSorted());
    expect(capture.warnings()).toHaveLength(1);
    for (const name of refusedNames) expect(capture.warnings()[0].message).toContain(name);
    const sent = world.requests();
    expect(sent.filter((request) => request.startsWith("POST"))).toHaveLength(2);
    const firstLook = sent.indexOf(LIST, 1);
    expect(firstLook).toBeLessThan(50);
    expect(new Set(sent.slice(firstLook))).toEqual(new Set([LIST]));
  });

  test("are tried again after a day, while the webhook loses none that it has", async () => {
    await using world = await registrationWorld({ eventNames: accepted });
    const capture = world.startCapture({ streams });
    await world.pass(MINUTE_MS);
    capture.looks.length = 0;
    const lacked: string[] = [];
    world.emulator.faults.add({
      kind: "edit",
      every: 1,
      edit: () => lacked.push(...left.filter((name) => !capture.own()[0]?.events.includes(name))),
    });
    await world.pass(25 * 60 * MINUTE_MS);
    expectWhole(world, capture, left);
    expect(lacked).toEqual([]);
    expect(new Set(capture.states())).toEqual(new Set(["registered"]));
    expect(capture.warnings()).toHaveLength(1);
    world.webhooks.rules.eventNames = "any";
    await world.pass(25 * 60 * MINUTE_MS);
    expectWhole(world, capture, wanted);
    expect(capture.looks.at(-1)).toEqual({ state: "registered", refusedEvents: [] });
    expect(capture.looks.some(({ gap }) => gap)).toBe(false);
  });

  test("are found where the first names of most families are among them", async () => {
    const firsts = wantedEvents(streams)
      .map(([name]) => name ?? "")
      .slice(0, -1);
    const eventNames = EVENT_NAMES.filter((name) => !firsts.includes(name));
    await using world = await registrationWorld({ eventNames });
    const capture = world.startCapture({ streams });
    await world.pass(MINUTE_MS);
    expectWhole(
      world,
      capture,
      wanted.filter((name) => !firsts.includes(name)),
    );
  });

  test("and are left out without a word count as refused, and are not asked for at each look", async () => {
    await using world = await registrationWorld();
    const without = async (input: string | URL | Request, init: RequestInit = {}) => {
      const body = init.body && JSON.parse(String(init.body));
      if (body) body.events = body.events.filter((name: string) => name !== "call.hold");
      return world.emulator.fetch(input, body ? { ...init, body: JSON.stringify(body) } : init);
    };
    const capture = world.startCapture({ fetch: without });
    await world.pass(30 * MINUTE_MS);
    expectWhole(
      world,
      capture,
      CALL_EVENTS.filter((name) => name !== "call.hold"),
    );
    expect(capture.looks.at(-1)).toEqual({ state: "registered", refusedEvents: ["call.hold"] });
    expect(world.requests().filter((request) => request !== LIST)).toEqual(["POST /v1/webhooks"]);
  });

  test("and that the webhook has had so far are given up when it is made whole", async () => {
    await using world = await registrationWorld();
    const capture = await registered(world);
    world.webhooks.rules.eventNames = EVENT_NAMES.filter((name) => name !== "call.hold");
    HARMS.disabled?.does(world, capture);
    await world.pass(5 * MINUTE_MS);
    expect(capture.looks.at(-1)).toMatchObject({ state: "re-enabled", refusedEvents: ["call.hold"] });
    expectWhole(
      world,
      capture,
      CALL_EVENTS.filter((name) => name !== "call.hold"),
    );
  });

  test("are none where the answer has no list of events", async () => {
    await using world = await registrationWorld();
    const capture = world.startCapture({
      fetch: async (input, init = {}) => {
        const answer = await world.emulator.fetch(input, init);
        if (init.method !== "POST") return answer;
        const { webhook } = (await answer.json()) as { webhook: object };
        return Response.json({ webhook: { ...webhook, events: undefined } }, { status: answer.status });
      },
    });
    await world.pass(10 * MINUTE_MS);
    expectWhole(world, capture);
    expect(capture.states()).toEqual(["created", "registered", "registered"]);
    expect(capture.looks.at(-1)?.refusedEvents).toEqual([]);
  });
});

describe("a webhook whose address Aircall spells in another way", () => {
  test.each([
    ["with a slash at its end", (url: string) => `${url}/`],
    [
      "with its host in capitals",
      (url: string) => url.replace("acme-8080.plane.test", "ACME-8080.plane.test"),
    ],
  ])("%s is recognised, repaired and replaced like any other", async (_, spell) => {
    await using world = await registrationWorld();
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      const text = await answer.text();
      const spelt = text.replaceAll(/"url":"([^"]*)"/g, (_, url) => `"url":"${spell(url)}"`);
      return new Response(spelt || null, answer);
    };
    const capture = world.startCapture({ fetch });
    await world.pass(10 * MINUTE_MS);
    const { id, token } = expectWhole(world, capture);
    expect(capture.states()).toEqual(["created", "registered", "registered"]);
    expect(capture.registration.isToken(token)).toBe(true);
    world.webhooks.edit(id, { active: false });
    await world.pass(5 * MINUTE_MS);
    expect(expectWhole(world, capture).id).toBe(id);
    await capture.stop();
    const moved = world.startCapture({ fetch, url: "https://other.test", remembered: capture.remembered });
    await world.pass(1_000);
    expectWhole(world, moved);
  });
});

describe("a webhook of an address that has changed", () => {
  const NEW_URL = "https://acme-8080.other-plane.test/prefix";

  test("is deleted, and one of the new address created", async () => {
    await using world = await registrationWorld();
    const first = await registered(world);
    await first.stop();
    const capture = world.startCapture({ url: NEW_URL, remembered: first.remembered });
    await world.pass(1_000);
    expectWhole(world, capture);
    expect(capture.looks).toEqual([{ state: "created", refusedEvents: [] }]);
    expect(capture.remembered).not.toEqual(first.remembered);
  });

  test("is left alone if someone has given it yet another", async () => {
    await using world = await registrationWorld();
    const first = await registered(world);
    await first.stop();
    world.webhooks.edit(ownId(first), { url: "https://theirs.test/" });
    const before = structuredClone(world.webhooks.listed);
    const capture = world.startCapture({ url: NEW_URL, remembered: first.remembered });
    await world.pass(10 * MINUTE_MS);
    expect(world.webhooks.listed.slice(0, -1)).toEqual(before);
    expect(capture.own()).toHaveLength(1);
  });

  test("is left alone if another webhook has its address now", async () => {
    await using world = await registrationWorld();
    const first = await registered(world);
    await first.stop();
    world.webhooks.remove(ownId(first));
    const id = world.webhooks.add({ url: first.address });
    const capture = world.startCapture({ url: NEW_URL, remembered: first.remembered });
    await world.pass(10 * MINUTE_MS);
    expect(world.webhooks.find(id)).toBeDefined();
    expect(capture.own()).toHaveLength(1);
  });

  test("makes room for the new one where there are 100", async () => {
    await using world = await registrationWorld({ account: { webhooks: 99 } });
    const first = await registered(world);
    await first.stop();
    const capture = world.startCapture({ url: NEW_URL, remembered: first.remembered });
    await world.pass(1_000);
    expectWhole(world, capture);
  });
});

test("two captures of one account leave each other's webhook alone", async () => {
  await using world = await registrationWorld();
  const one = world.startCapture();
  const other = world.startCapture({ url: "https://other.test", streams: ["contacts"] });
  await world.pass(1_000);
  const before = structuredClone(world.webhooks.listed);
  expect(before).toHaveLength(world.foreign.length + 2);
  world.requests();
  await world.pass(60 * MINUTE_MS);
  expect(world.webhooks.listed).toEqual(before);
  expect(new Set(world.requests())).toEqual(new Set([LIST]));
  for (const capture of [one, other]) expect(capture.states().slice(1)).not.toContain("mended");
});

describe("a key that may not write", () => {
  test("is reported once, looked at again every five minutes, and its webhook created when it may", async () => {
    await using world = await registrationWorld({ keyMayWrite: false });
    const capture = world.startCapture();
    await world.pass(60 * MINUTE_MS);
    expect(new Set(capture.states())).toEqual(new Set(["refused"]));
    expect(capture.looks.length).toBeLessThanOrEqual(16);
    expect(capture.warnings()).toHaveLength(1);
    expect(capture.warnings()[0].message).toContain("HTTP 403");
    world.webhooks.rules.keyMayWrite = true;
    await world.pass(5 * MINUTE_MS);
    expectWhole(world, capture);
    expect(capture.states().filter((state) => state !== "refused")[0]).toBe("created");
  });

  test("does not keep the events of a webhook from being recognised", async () => {
    await using world = await registrationWorld({ keyMayWrite: false });
    const capture = world.startCapture();
    world.webhooks.add({ url: capture.address, active: false, token: "0".repeat(32) });
    await world.pass(1_000);
    expect(capture.states()).toEqual(["refused"]);
    expect(capture.registration.isToken("0".repeat(32))).toBe(true);
  });
});

test("where there are 100 webhooks, that is reported once, and the webhook created when there is room", async () => {
  await using world = await registrationWorld({ account: { webhooks: 100 } });
  const capture = world.startCapture();
  await world.pass(30 * MINUTE_MS);
  expect(new Set(capture.states())).toEqual(new Set(["refused"]));
  expect(capture.warnings()).toHaveLength(1);
  expect(capture.warnings()[0].message).toContain("no more than 100. Delete one");
  expect(world.webhooks.listed).toEqual(world.foreign);
  expect(world.requests()).toHaveLength(capture.looks.length * 3);
  world.webhooks.remove(world.foreign[0]?.id ?? 0);
  await world.pass(5 * MINUTE_MS);
  expect(capture.own()).toHaveLength(1);
});

test("an address that Aircall refuses is reported once in its words", async () => {
  await using world = await registrationWorld();
  const capture = world.startCapture({ url: "http://127.0.0.1:8080" });
  await world.pass(30 * MINUTE_MS);
  expect(new Set(capture.states())).toEqual(new Set(["refused"]));
  expect(capture.warnings()).toHaveLength(1);
  expect(capture.warnings()[0].message).toContain("url is invalid");
});

describe("while Aircall", () => {
  test("is down, the webhook is looked at again, and its token stays known", async () => {
    await using world = await registrationWorld();
    const capture = await registered(world);
    const { token } = expectWhole(world, capture);
    world.emulator.faults.add({ kind: "status", status: 503, every: 1 });
    await world.pass(30 * MINUTE_MS);
    expect(capture.states().at(-1)).toBe("unreachable");
    expect(capture.registration.isToken(token)).toBe(true);
    expect(capture.warnings()).toHaveLength(1);
    world.webhooks.edit(ownId(capture), { active: false });
    world.emulator.faults.clear();
    await world.pass(MINUTE_MS);
    expect(capture.states().at(-1)).toBe("re-enabled");
    expectWhole(world, capture);
  });

  test("is down a second time, that is reported, too", async () => {
    await using world = await registrationWorld();
    const capture = await registered(world);
    for (const outages of [1, 2]) {
      world.emulator.faults.add({ kind: "status", status: 503, every: 1 });
      await world.pass(10 * MINUTE_MS);
      expect(capture.warnings()).toHaveLength(outages);
      world.emulator.faults.clear();
      await world.pass(10 * MINUTE_MS);
    }
  });

  test("refuses the key, that is left to the streams to report", async () => {
    await using world = await registrationWorld();
    const capture = await registered(world);
    world.emulator.faults.add({ kind: "status", status: 403, every: 1 });
    await world.pass(30 * MINUTE_MS);
    expect(capture.looks.at(-1)).toMatchObject({ state: "refused", error: { recovery: "fix-config" } });
    expect(capture.warnings()).toEqual([]);
  });

  test.each([
    ["the answer is cut off", { kind: "cut" }],
    ["the connection breaks", { kind: "reset" }],
    ["the answer is a failure", { kind: "status", status: 500 }],
  ] as const)("is asked to create one, and %s, one is there a minute later", async (_, fault) => {
    await using world = await registrationWorld();
    world.emulator.faults.add({ ...fault, method: "POST" });
    const capture = world.startCapture();
    await world.pass(1_000);
    expect(capture.states()).toEqual(["unreachable"]);
    expect(capture.registration.isToken("0".repeat(32))).toBe("unknown");
    await world.pass(MINUTE_MS);
    const { token } = expectWhole(world, capture);
    expect(capture.registration.isToken(token)).toBe(true);
    expect(world.requests().filter((request) => request.startsWith("POST")).length).toBeLessThanOrEqual(2);
  });

  test("fails in the midst of a search for refused names, the search is taken up again", async () => {
    await using world = await registrationWorld({
      eventNames: EVENT_NAMES.filter((name) => name !== "call.hold"),
    });
    world.emulator.faults.add({ kind: "status", status: 503, method: "PUT", nth: 4, every: 1, times: 6 });
    const capture = world.startCapture();
    await world.pass(5 * MINUTE_MS);
    expect(capture.states()).toContain("unreachable");
    expectWhole(
      world,
      capture,
      CALL_EVENTS.filter((name) => name !== "call.hold"),
    );
  });
});

describe("a wrong token that came with an event", () => {
  test("has the webhook looked at within half a minute, and the right one is known then", async () => {
    await using world = await registrationWorld();
    const capture = await registered(world);
    await world.pass(MINUTE_MS);
    const before = capture.own()[0]?.token ?? "";
    world.webhooks.remove(ownId(capture));
    const id = world.webhooks.add({ url: capture.address, active: true, events: CALL_EVENTS });
    const token = world.webhooks.find(id)?.token ?? "";
    expect(capture.registration.isToken(token)).toBe(false);
    capture.registration.look();
    await world.pass(30_000);
    expect(capture.registration.isToken(token)).toBe(true);
    expect(capture.registration.isToken(before)).toBe(false);
  });

  test("causes no more than two requests a minute, however many come", async () => {
    await using world = await registrationWorld();
    const capture = await registered(world);
    for (let second = 0; second < 600; second++) {
      for (let event = 0; event < 10; event++) capture.registration.look();
      await world.pass(1_000);
    }
    expect(world.requests().length).toBeLessThanOrEqual(20);
  });
});

test("no token and no address are in a log, a report or what is remembered", async () => {
  await using world = await registrationWorld();
  const capture = await registered(world);
  for (const { does } of Object.values(HARMS)) {
    does(world, capture);
    await world.pass(5 * MINUTE_MS);
  }
  const own = capture.own()[0];
  world.emulator.faults.add({
    kind: "status",
    status: 400,
    method: "PUT",
    every: 1,
    body: { message: `${own?.token} of ${own?.url}` },
  });
  HARMS.disabled?.does(world, capture);
  await world.pass(5 * MINUTE_MS);
  const error = capture.looks.at(-1)?.error;
  expect(error?.message).toContain("[hidden] of https://acme-8080.plane.test/[hidden]");
  const written = JSON.stringify([capture.lines, capture.looks, capture.remembered, String(error)]);
  const tokens = world.webhooks.listed.map(({ token }) => token);
  for (const secret of [...tokens, capture.address.slice(URL_OF_PORT.length)])
    expect(written).not.toContain(secret);
  expect(capture.lines.length).toBeGreaterThan(20);
});
