import { expect, test } from "vitest";
import { INSIGHT_NAMES } from "../../emulator/index.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { anyHistory, calmHistory, type InsightHistory, InsightHistoryWorld } from "./insight-history.ts";

/** The history, and each age; an age twice where a call is listed with two spans. */
const MOST_ASKS = 6;

const CHANGING = /^(action_items|custom_summaries|playbook_results|evaluations) /;

async function endsAsTheAccount(history: InsightHistory): Promise<InsightHistoryWorld> {
  await using world = await InsightHistoryWorld.begin(history);
  for (const step of history.steps) await world.take(step);
  await world.end();
  for (const name of INSIGHT_NAMES)
    expect(sorted(world.rows.get(name)), name).toEqual(sorted(world.truth(name)));
  expect(world.repeated).toEqual([]);
  return world;
}

function sorted(rows: ReadonlyMap<number, string> = new Map()): [number, string][] {
  return [...rows].sort(([left], [right]) => left - right);
}

/** Once an insight is there, it is asked for again at one age where it can change, and where it may be deleted. */
async function asksOnce(history: InsightHistory): Promise<void> {
  const { asks, removed } = await endsAsTheAccount(history);
  for (const [key, { before, since }] of asks) {
    expect(before, key).toBeLessThanOrEqual(MOST_ASKS);
    const rereads = CHANGING.test(key) ? 2 : 0;
    const isRemoved = removed.has(Number(key.split(" ")[1]));
    expect(since, key).toBeLessThanOrEqual(isRemoved ? MOST_ASKS : rereads);
  }
}

test("whatever gets ready, changes and is deleted, insights end as the account is, each asked for once and when it can change", () =>
  holdsForAll("calm insights", calmHistory, draws(3, 1_000), asksOnce));

test("wherever processes end and whatever Aircall refuses meanwhile, insights end as the account is, each version captured once", () =>
  holdsForAll("insights", anyHistory, draws(3, 2_000), async (history) => {
    await endsAsTheAccount(history);
  }));
