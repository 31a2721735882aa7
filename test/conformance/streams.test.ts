import Schema from "typebox/schema";
import { describe, expect, test } from "vitest";
import { INSIGHT_NAMES } from "../../emulator/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import {
  isListed,
  type RequestedStreamName,
  requestedStreamNames,
  streams,
} from "../../src/streams/index.ts";
import { capture } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { expectAmong } from "../support/sets.ts";
import { StreamRuns } from "../support/stream-runs.ts";
import { startWorld, type World } from "../support/world.ts";

const SMALL = {
  calls: 300,
  days: 60,
  users: 60,
  numbers: 25,
  teams: 8,
  tags: 60,
  contacts: 200,
  webhooks: 3,
};
const EMPTY = { calls: 0, users: 0, numbers: 0, teams: 0, tags: 0, contacts: 0, webhooks: 0 };

/** Each call of an insight costs a request. */
const FEW_CALLS = { calls: 12, days: 20 };

const HOUR_MS = 3_600_000;

/** An answered call with its recording, and each insight of it. */
function addCallWithInsights({ clock, emulator: { account } }: World): void {
  const id = account.calls.ring();
  account.calls.answer(id);
  clock.advance(1_000);
  account.calls.end(id);
  account.calls.record(id);
  for (const name of INSIGHT_NAMES) account.insights.add(id, name);
}

describe.each(requestedStreamNames)("%s", (name: RequestedStreamName) => {
  const definition = streams[name];
  const worldOf = (account: Partial<typeof SMALL>) =>
    startWorld(
      { account: isListed(name) || account.calls === 0 ? account : { ...account, ...FEW_CALLS } },
      leapingClock(),
    );

  test("goes by its name in the registry", () => {
    expect(definition.name).toBe(name);
    expect(definition.documentSchema).toMatchObject({
      type: "object",
      required: [definition.keyField],
      properties: { [definition.keyField]: { type: expect.stringMatching(/^(integer|string)$/) } },
    });
  });

  test("captures the account as it is, in documents that hold the key and fit the schema", async () => {
    await using world = await worldOf(SMALL);
    const replica = new Replica(world, name);
    const documents = await replica.pass();
    expect(documents.length).toBeGreaterThan(0);
    const misfits = documents.filter((document) => !Schema.Check(definition.documentSchema, document));
    expect(misfits).toEqual([]);
    for (const document of documents) expect(document._meta).toEqual({ op: "u" });
    expect(replica.documents).toEqual(replica.truth());
  });

  test("has a schema that refuses a document without its key or with a key of another type", async () => {
    await using world = await worldOf(SMALL);
    const [document] = await new Replica(world, name).pass();
    const { [definition.keyField]: key, ...keyless } = document as JsonObject;
    const fits = (value: JsonObject) => Schema.Check(definition.documentSchema, value);
    expect(fits({ ...keyless, [definition.keyField]: key ?? null })).toBe(true);
    expect(fits(keyless)).toBe(false);
    expect(fits({ ...keyless, [definition.keyField]: null })).toBe(false);
    expect(fits({ ...keyless, [definition.keyField]: [key ?? null] })).toBe(false);
    expect(fits({ [definition.keyField]: key ?? null, _meta: { op: "d" } })).toBe(true);
  });

  test("describes every field that Aircall returns", async () => {
    await using world = await worldOf(SMALL);
    const described = Object.keys(definition.documentSchema.properties as JsonObject);
    const given = new Set(
      (await new Replica(world, name).pass()).flatMap((document) => Object.keys(document)),
    );
    expectAmong(given, described);
  });

  test("leaves out the fields that its definition names as secrets", async () => {
    await using world = await worldOf(SMALL);
    const documents = await new StreamRuns(world, definition).toRest();
    const isField = (name: string) => name !== definition.keyField && name !== "_meta";
    const secret = Object.keys(documents[0] ?? {}).find(isField) ?? "";
    const secretFields = [...(definition.secretFields ?? []), secret];
    const hidden = await new StreamRuns(world, { ...definition, secretFields }).toRest();
    const hiding = ({ [secret]: _, ...others }: JsonObject) => Object.keys(others);
    expect(hidden.map((document) => Object.keys(document))).toEqual(documents.map(hiding));
    expect(documents.some((document) => secret in document)).toBe(true);
  });

  test("captures nothing when it is resumed and nothing has changed, and its state stays what it was", async () => {
    await using world = await worldOf(SMALL);
    const replica = new Replica(world, name);
    await replica.pass();
    const state = structuredClone(replica.state);
    expect(await replica.pass()).toEqual([]);
    expect(replica.state).toEqual(state);
    expect(JSON.stringify(state)).not.toContain("null");
  });

  test("captures again what it yielded before a failure and no checkpoint covers", async () => {
    await using world = await worldOf({ ...SMALL, days: 20 });
    const runs = new StreamRuns(world, definition);
    const dropped = await runs.toDocument();
    expect(idsOf(await runs.toRest())).toContain(idsOf([dropped])[0]);
  });

  test("works on an empty account, and finds what comes later", async () => {
    await using world = await worldOf(EMPTY);
    const replica = new Replica(world, name);
    await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
    world.clock.advance(1_000);
    const { account } = world.emulator;
    addCallWithInsights(world);
    account.contacts.add();
    for (const list of [account.users, account.numbers, account.teams, account.tags, account.webhooks])
      list.add();
    // An insight that is empty counts after an hour.
    world.clock.advance(isListed(name) ? 1_000 : 2 * HOUR_MS);
    const came = await replica.pass();
    expect(idsOf(came)).toEqual(idsOf(replica.truth()));
    expect(replica.documents).toEqual(replica.truth());
  });

  test.each<JsonObject>([{ x: 1 }, { digests: [], watermark: {}, recent: "?", settledThrough: null }])(
    "begins afresh from the state of another version, such as %j",
    async (state) => {
      await using world = await worldOf({ ...SMALL, calls: 80 });
      const replica = new Replica(world, name, { state });
      await replica.pass();
      expect(replica.documents).toEqual(replica.truth());
      expect(await replica.pass()).toEqual([]);
    },
  );

  test("ends at once when it is stopped while it waits for an answer", async () => {
    await using world = await worldOf(SMALL);
    const stop = new AbortController();
    world.emulator.faults.add({ kind: "edit", edit: () => stop.abort() });
    world.emulator.faults.add({ kind: "hang" });
    const blocks = capture(world.connector, [name], { until: "follow", signal: stop.signal });
    expect((await Array.fromAsync(blocks)).flatMap(({ documents }) => documents)).toEqual([]);
  });
});
