import { test } from "vitest";
import { draws, holdsForAll } from "../support/draws.ts";
import { type History, HistoryWorld, history } from "./history.ts";
import { expectPromisesKept, expectTruth } from "./promises.ts";

const DAY_SECONDS = 86_400;
const MONTH_SECONDS = 31 * DAY_SECONDS;

/** Lets the history happen, while processes capture it and die, and holds what was kept against the account. */
async function keepsHistory({ setting, steps }: History): Promise<void> {
  await using world = await HistoryWorld.begin(setting);
  for (const step of steps) {
    if (step.kind === "act") world.life.happens(step.act);
    else if (step.kind === "advance") world.advance(step.seconds);
    else if (step.kind === "capture") await world.capture(step);
    else {
      await world.pass();
      expectPromisesKept(world);
    }
  }
  world.clock.advance(MONTH_SECONDS * 1_000);
  await world.pass();
  // A reading of all contacts that a death has cut in two says nothing of deletions; that of the next day does.
  world.clock.advance(DAY_SECONDS * 1_000);
  for (let passes = 0; passes < 2; passes++) await world.pass();
  expectTruth(world);
}

test("E4: whatever happens in an account, and wherever the capture of it dies, what is kept is the truth", () =>
  holdsForAll("crash anywhere", history, draws(12, 3_000), keepsHistory));
