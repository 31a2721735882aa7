import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { announcedHistory, anyHistory, type EventHistory, EventHistoryWorld } from "./event-history.ts";
import { expectTruth } from "./promises.ts";

const ALL = ["calls", "contacts", "users", "numbers", "messages"] as const;
const MONTH_SECONDS = 31 * 86_400;

/** Of a user and a number, their creation and deletion are announced, and not all else. */
function captured({ collections }: EventHistoryWorld) {
  return {
    ...{ calls: collections.of("calls"), contacts: collections.of("contacts") },
    ...{ users: new Set(collections.of("users").keys()), numbers: new Set(collections.of("numbers").keys()) },
  };
}

function truth({ collections }: EventHistoryWorld): ReturnType<typeof captured> {
  const keysOf = (stream: "users" | "numbers") => new Set(collections.truth(stream).keys());
  return {
    ...{ calls: collections.truth("calls"), contacts: collections.truth("contacts") },
    ...{ users: keysOf("users"), numbers: keysOf("numbers") },
  };
}

/** Whether all that has happened is captured, and nothing is left to be read. */
function isCaughtUp(world: EventHistoryWorld): boolean {
  const isSame = isDeepStrictEqual(captured(world), truth(world));
  return isSame && touchedIn(world).length === 0;
}

/** The objects in the state that events have touched. */
function touchedIn({ collections }: EventHistoryWorld): string[] {
  const { inbox } = collections.state.bindingStateV1 as { inbox: { touched?: JsonObject } };
  return Object.values(inbox.touched ?? {}).flatMap((ids) => Object.keys(ids as JsonObject));
}

/** Every message of which an event was answered with 200 is there, with its text, direction and newest status. */
function expectMessages({ accepted, messages }: EventHistoryWorld): void {
  const expected = accepted.expected(messages);
  expect(expected.map(({ id }) => messages.get(String(id)))).toMatchObject(expected);
}

/** Everything that was sent comes within minutes, and is captured by its event alone, at any age of the object. */
async function keepsWhatIsAnnounced(history: EventHistory): Promise<void> {
  await using world = await EventHistoryWorld.begin(history);
  await world.start(ALL);
  // Nothing is announced before there is a webhook.
  await world.pass(30);
  for (const step of history.steps) await world.take(step);
  world.emulator.faults.clear();
  await world.start(ALL);
  await world.pass(200);
  // Calls go on to change by themselves: what has changed in the last seconds may still be under way.
  for (let looks = 1; !isCaughtUp(world) && looks < 4; looks++) await world.pass(11);
  expect(captured(world)).toEqual(truth(world));
  expectMessages(world);
  expect(touchedIn(world)).toEqual([]);
}

/** What is lost comes by polling, and no message that was taken in is lost. */
async function keepsTheTruth(history: EventHistory): Promise<void> {
  await using world = await EventHistoryWorld.begin(history);
  for (const step of history.steps) await world.take(step);
  world.emulator.faults.clear();
  await world.start([...ALL, "user_availablity"]);
  await world.pass(10);
  expectMessages(world);
  await world.die();
  world.clock.advance(MONTH_SECONDS * 1_000);
  await world.poll();
  // A reading of all contacts that a death has cut in two says nothing of deletions; that of the next day does.
  world.clock.advance(86_400_000);
  for (let passes = 0; passes < 2; passes++) await world.poll();
  expectTruth(world);
  expectMessages(world);
}

test("what events announce is captured within minutes, however often and in whatever order they come and wherever processes die", () =>
  holdsForAll("announced", announcedHistory, draws(5, 2_000), keepsWhatIsAnnounced));

test("whatever comes twice, late, in disorder, forged or not at all, and wherever processes die, the collections end as the account is", () =>
  holdsForAll("events lost", anyHistory, draws(5, 2_000), keepsTheTruth));
