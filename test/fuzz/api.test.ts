import fc from "fast-check";
import Schema from "typebox/schema";
import { expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/index.ts";
import type { Block } from "../../src/engine/index.ts";
import { writeSchema } from "../../src/protocols/flow/catalog.ts";
import { type ListedStreamName, listedStreamNames, streams } from "../../src/streams/index.ts";
import { Collections } from "../property/collections.ts";
import { setting } from "../property/history.ts";
import { AccountLife, act } from "../property/life.ts";
import { expectTruth } from "../property/promises.ts";
import { capture } from "../support/capture.ts";
import { leapingClock, type TestClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { tampering } from "../support/tampering.ts";
import { connectorTo } from "../support/world.ts";
import { HostileApi, hostile } from "./hostile.ts";

const DAY_MS = 86_400_000;

/** What happens before a pass, and what becomes of the answers to it. */
const round = fc.record({
  acts: fc.array(act, { maxLength: 6 }),
  afterSeconds: fc.constantFrom(1, 600, 7_200, 90_000),
  plan: fc.array(hostile, { minLength: 1, maxLength: 4 }),
});

const rounds = fc.record({ setting, rounds: fc.array(round, { minLength: 1, maxLength: 3 }) });

const schemas = new Map(listedStreamNames.map((name) => [name, writeSchema(streams[name].documentSchema)]));

/** A small account, and a capture that reads it through a hostile API. Dispose of it with `await using`. */
class TamperedWorld implements AsyncDisposable {
  readonly clock: TestClock;
  readonly emulator: Emulator;
  readonly life: AccountLife;
  readonly collections: Collections;

  private constructor(emulator: Emulator, clock: TestClock) {
    this.clock = clock;
    this.emulator = emulator;
    this.life = new AccountLife(emulator.account);
    this.collections = new Collections(emulator);
  }

  static async begin({ pastCalls, contacts, users, tags }: { [size: string]: number | boolean }) {
    const clock = leapingClock();
    const account = {
      ...{ calls: 0, contacts: 0, numbers: 2, teams: 2, webhooks: 2 },
      ...{ users: Number(users), tags: Number(tags) },
    };
    const world = new TamperedWorld(await startEmulator({ clock, limit: null, account }), clock);
    for (let day = 0; day < 4; day++) world.life.addCalls(Math.ceil(Number(pastCalls) / 4), day * 86_400);
    world.life.addContacts(Number(contacts));
    return world;
  }

  /** One pass over all streams; returns those that failed. Whatever else goes wrong is thrown. */
  async pass(api: HostileApi): Promise<Set<ListedStreamName>> {
    const failed = new Set<ListedStreamName>();
    const fetch = tampering(this.emulator.fetch, api.tamper);
    const blocks = capture(connectorTo(this.emulator, this.clock, { fetch }), listedStreamNames, {
      state: structuredClone(this.collections.state),
      onEvent: (event) => {
        if (event.kind === "failed") failed.add(listedStreamNames[event.binding] as ListedStreamName);
      },
    });
    for await (const block of blocks) this.#take(block);
    this.collections.restart();
    return failed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.emulator.close();
  }

  #take(block: Block): void {
    this.collections.take(block, listedStreamNames);
    const stream = listedStreamNames[block.binding] as ListedStreamName;
    for (const doc of block.documents) {
      if (!Schema.Check(schemas.get(stream) ?? {}, doc))
        throw new Error(`Flow would refuse what ${stream} gave: ${JSON.stringify(doc)}`);
    }
  }
}

/** Whom nothing has happened to, and whose row was not touched, is in the collection. */
function expectNeighbours(
  { collections, life }: TamperedWorld,
  api: HostileApi,
  failed: Set<ListedStreamName>,
) {
  for (const stream of listedStreamNames) {
    if (api.broken.has(stream)) continue;
    if (stream !== "company" && !isTiny(stream, api, collections))
      expect([...failed], stream).not.toContain(stream);
    if (failed.has(stream)) continue;
    const kept = collections.of(stream);
    const missing = [...collections.truth(stream).keys()].filter(
      (key) => !kept.has(key) && !api.touched.get(stream)?.has(key) && !life.removedCalls.has(Number(key)),
    );
    expect(missing, stream).toEqual([]);
  }
}

/** Of a list whose every row was touched, none may be left that can be used. */
function isTiny(stream: ListedStreamName, api: HostileApi, collections: Collections): boolean {
  return [...collections.truth(stream).keys()].every((key) => api.touched.get(stream)?.has(key));
}

test("A1: whatever Aircall answers, no neighbour is lost, nothing that lives is deleted, and all comes right afterwards", () =>
  holdsForAll("hostile answers", rounds, draws(20, 5_000), async ({ setting, rounds }) => {
    await using world = await TamperedWorld.begin({ ...setting });
    const api = new HostileApi();
    for (const { acts, afterSeconds, plan } of rounds) {
      for (const one of acts) world.life.happens(one);
      world.clock.advance(afterSeconds * 1_000);
      api.obey(plan);
      expectNeighbours(world, api, await world.pass(api));
    }
    world.clock.advance(31 * DAY_MS);
    api.obey([]);
    // A list that has become empty is believed by a later pass only.
    for (let passes = 0; passes < 2; passes++) {
      world.clock.advance(DAY_MS);
      expect([...(await world.pass(api))]).toEqual([]);
    }
    expectTruth(world as unknown as Parameters<typeof expectTruth>[0]);
  }));
