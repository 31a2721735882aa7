import { expect, test } from "vitest";
import { isJsonObject, type Json } from "../../src/shared/json.ts";
import { leapingClock } from "../support/clock.ts";
import { draws } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { tampering } from "../support/tampering.ts";
import { connectorTo, startWorld } from "../support/world.ts";
import { addContacts, MINUTE_MS } from "./contact-world.ts";

const NOTHING = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 0, webhooks: 0 };

type Rows = Json[];

/** An account whose lists come in another order than that of the emulator. */
async function worldInOrder(orderOf: (target: URL) => "asc" | "desc", shuffle: (rows: Rows) => Rows) {
  const clock = leapingClock();
  const world = await startWorld({ account: NOTHING }, clock);
  const tampered = tampering(world.emulator.fetch, (body) => {
    for (const [name, rows] of Object.entries(body)) if (Array.isArray(rows)) body[name] = shuffle(rows);
  });
  const fetch: typeof globalThis.fetch = (input, init) => {
    const target = new URL(String(input));
    if (target.searchParams.has("order")) target.searchParams.set("order", orderOf(target));
    return tampered(target, init);
  };
  const connector = connectorTo(world.emulator, clock, { fetch, log: world.ports.log });
  return { ...world, connector };
}

const reports = ({ ports }: { ports: { log: { lines: string[] } } }) =>
  ports.log.lines.filter((line) => /^warn .*another order/.test(line));

const ORDERS: [string, (rows: Rows) => Rows][] = [
  [
    "a list of calls whose pages have no order",
    (rows) =>
      rows
        .toSorted(() => 0)
        .reverse()
        .sort((left) => (isJsonObject(left) && Number(left.id) % 3 === 0 ? -1 : 1)),
  ],
  ["a list of calls that descends", (rows) => rows],
];

test.each(ORDERS.slice(0, draws(1, ORDERS.length)))("%s is captured whole", async (_, shuffle) => {
  await using world = await worldInOrder(() => "desc", shuffle);
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  for (let hour = 1; hour <= 120; hour++)
    world.emulator.account.calls.add(100, { startedAtSeconds: nowSeconds - hour * 7_200 });
  const replica = new Replica(world, "calls");
  await replica.pass();
  expect(replica.rows.size).toBe(12_000);
  expect(reports(world)).toHaveLength(1);
  expect(await replica.pass()).toEqual([]);
});

test("changed contacts in another order than that of their changes are all captured", async () => {
  await using world = await worldInOrder(
    ({ searchParams }) => (searchParams.has("order_by") ? "asc" : "desc"),
    (rows) => rows,
  );
  const ids = addContacts(world, 130);
  const replica = new Replica(world, "contacts");
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
  world.clock.advance(10 * MINUTE_MS);
  const edited = [ids[3] ?? 0, ids[120] ?? 0];
  for (const id of edited) world.emulator.account.contacts.edit(id, { lastName: "Edited" });
  expect(idsOf(await replica.pass()).toSorted()).toEqual(edited.toSorted());
  expect(reports(world).length).toBeGreaterThan(0);
});
