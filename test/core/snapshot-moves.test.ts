import fc from "fast-check";
import { expect, test } from "vitest";
import type { Account } from "../../emulator/index.ts";
import { leapingClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { startWorld } from "../support/world.ts";

const tagWorld = (tags: number) =>
  startWorld(
    { account: { calls: 0, contacts: 0, users: 0, numbers: 0, teams: 0, webhooks: 0, tags } },
    leapingClock(),
  );

const opsOf = (documents: Awaited<ReturnType<Replica["pass"]>>) =>
  documents.map(({ id, _meta }) => [id, _meta.op]);

test("a row that is missed since one before it went and another came is not taken for deleted", async () => {
  await using world = await tagWorld(70);
  const { tags } = world.emulator.account;
  const replica = new Replica(world, "tags");
  await replica.pass();
  const first = tags.listed[0]?.id ?? 0;
  let added = 0;
  world.emulator.faults.add({
    kind: "edit",
    match: /page=2/,
    edit: () => {
      tags.remove(first);
      added = tags.add();
    },
  });
  expect(opsOf(await replica.pass())).toEqual([[added, "u"]]);
  expect(opsOf(await replica.pass())).toEqual([[first, "d"]]);
  expect(replica.documents).toEqual(replica.truth());
});

test("a change that only the second reading meets is captured", async () => {
  await using world = await tagWorld(70);
  const { tags } = world.emulator.account;
  const replica = new Replica(world, "tags");
  await replica.pass();
  const [removed = 0, edited = 0] = idsOf(replica.truth()).map(Number);
  tags.remove(removed);
  world.emulator.faults.add({
    kind: "edit",
    match: /page=1/,
    nth: 2,
    edit: () => tags.edit(edited, { name: "Renamed" }),
  });
  expect(opsOf(await replica.pass())).toEqual([
    [edited, "u"],
    [removed, "d"],
  ]);
  expect(replica.documents).toEqual(replica.truth());
});

test("nothing is taken for deleted when the list moves under the second reading", async () => {
  await using world = await tagWorld(70);
  const { tags } = world.emulator.account;
  const replica = new Replica(world, "tags");
  await replica.pass();
  const [removed = 0] = idsOf(replica.truth()).map(Number);
  tags.remove(removed);
  world.emulator.faults.add({ kind: "edit", match: /page=2/, nth: 2, edit: () => tags.add() });
  expect((await replica.pass()).map(({ _meta }) => _meta.op)).toEqual(["u"]);
  expect(opsOf(await replica.pass())).toEqual([[removed, "d"]]);
});

test("a list of one page is read once", async () => {
  await using world = await tagWorld(40);
  const { tags } = world.emulator.account;
  const replica = new Replica(world, "tags");
  await replica.pass();
  tags.remove(tags.listed[0]?.id ?? 0);
  world.emulator.requests.clear();
  expect((await replica.pass()).map(({ _meta }) => _meta.op)).toEqual(["d"]);
  expect(world.emulator.requests.recent).toHaveLength(1);
});

test("whatever comes, goes and changes while a list is read, no row that lives is taken for deleted", async () => {
  const move = fc.record({
    kind: fc.constantFrom("replace", "replace", "add", "remove", "edit"),
    position: fc.nat(200),
  });
  const movesBeforePages = fc.array(fc.array(move, { maxLength: 2 }), { minLength: 3, maxLength: 9 });
  await holdsForAll(
    "lists that move",
    fc.array(movesBeforePages, { maxLength: 4 }),
    draws(30, 1_000),
    async (passes) => {
      await using world = await tagWorld(120);
      const { account } = world.emulator;
      const replica = new Replica(world, "tags");
      await replica.pass();
      for (const pages of passes) {
        let page = 0;
        world.emulator.faults.add({
          kind: "edit",
          every: 1,
          edit: () => {
            for (const { kind, position } of pages[page++] ?? []) moveTag(account, kind, position);
          },
        });
        const deleted = (await replica.pass()).filter(({ _meta }) => _meta.op === "d");
        for (const { id } of deleted) expect(account.tags.find(Number(id))).toBeUndefined();
        world.emulator.faults.clear();
      }
      await replica.pass();
      expect(replica.documents).toEqual(replica.truth());
    },
  );
});

function moveTag({ tags }: Account, kind: string, position: number): void {
  const { listed } = tags;
  const id = listed[position % listed.length]?.id ?? 0;
  if (kind === "edit") tags.edit(id, { name: `Renamed ${position}` });
  if (kind === "remove" || kind === "replace") tags.remove(id);
  if (kind === "add" || kind === "replace") tags.add();
}
