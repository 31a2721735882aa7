import { describe, expect, test } from "vitest";
import type { Document } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { capture } from "../support/capture.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { addContacts, DAY_MS, MINUTE_MS, worldOf } from "./contact-world.ts";

describe("the state", () => {
  test("is small for many contacts, and so is what a page adds to it", async () => {
    await using world = await worldOf(12_000);
    const blocks = await Array.fromAsync(capture(world.connector, ["contacts"]));
    const chars = blocks.map(({ patch }) => JSON.stringify(patch).length);
    expect(blocks.length).toBeGreaterThan(200);
    expect(Math.max(...chars)).toBeLessThan(1_000);
    expect(chars.reduce((sum, count) => sum + count)).toBeLessThan(120_000);
  });

  test("of a version that knew no IDs is gone on from: changes are found, and deletions from then on", async () => {
    await using world = await worldOf(0);
    const { contacts } = world.emulator.account;
    const ids = addContacts(world, 120);
    const watermark = world.clock.now() / 1000;
    world.clock.advance(MINUTE_MS);
    contacts.edit(ids[7] ?? 0, { lastName: "Edited" });
    for (const pass of [
      { backfilledAt: watermark },
      { backfill: { after: watermark - 60, until: watermark } },
    ]) {
      const replica = new Replica(world, "contacts", { state: { watermark, atWatermark: {}, ...pass } });
      const captured: Document[] = await replica.pass();
      expect(idsOf(captured)).toHaveLength(captured.length);
      expect(replica.documents).toEqual(replica.truth());
      contacts.remove(Number(replica.truth()[0]?.id));
      world.clock.advance(DAY_MS);
      expect((await replica.pass()).map(({ _meta }) => _meta.op)).toEqual(["d"]);
      expect(replica.documents).toEqual(replica.truth());
    }
  });

  test("of an account without contacts is gone on from with a single request", async () => {
    await using world = await worldOf(0);
    const replica = new Replica(world, "contacts");
    await replica.pass();
    world.emulator.requests.clear();
    await replica.pass();
    expect(world.emulator.requests.total).toBe(1);
  });

  test("has every captured contact, so that one which is gone after a killed incremental read is deleted", async () => {
    await using world = await worldOf(0);
    const replica = new Replica(world, "contacts");
    await replica.pass();
    const ids = addContacts(world, 60);
    const aPage = 50 + 1;
    const captured = idsOf(await replica.pass(aPage));
    expect(captured).toHaveLength(50);
    world.emulator.account.contacts.remove(ids.at(-1) ?? 0);
    await replica.pass();
    world.clock.advance(DAY_MS);
    expect(idsOf(await replica.pass())).toEqual([ids.at(-1)]);
    expect(replica.documents).toEqual(replica.truth());
  });

  test.each<JsonObject>([
    { watermark: 5, atWatermark: {}, known: { x: "AAAAA" } },
    { watermark: 5, atWatermark: {}, known: { 7: "AAAA" } },
    { watermark: 5, atWatermark: {}, known: { 7: 1 } },
    { watermark: 5, atWatermark: {}, known: {}, backfill: { after: 1, until: 2_000_000_000 } },
  ])("is begun afresh when it is like %j", async (state) => {
    await using world = await worldOf(120);
    const replica = new Replica(world, "contacts", { state });
    await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
    expect(replica.ownState.watermark).toBeGreaterThan(5);
    expect(await replica.pass()).toEqual([]);
  });
});
