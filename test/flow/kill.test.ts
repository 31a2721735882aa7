import { expect, test } from "vitest";
import { Random } from "../../emulator/random.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { isDeep } from "../support/draws.ts";
import { FlowTask } from "../support/flow-runtime.ts";
import { emulated, spawnProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };
const KILLS = 100;
const CALLS = 9_000;

/** Past the opening, and short enough for all these processes to die before all is read. */
const SHORTEST_LIFE_LINES = 10;
const LONGEST_LIFE_LINES = 90;

test.runIf(isDeep)("E4: a process that is killed again and again leaves the truth behind", async () => {
  const account = {
    calls: CALLS,
    days: 60,
    contacts: 700,
    users: 60,
    numbers: 25,
    teams: 8,
    tags: 60,
    webhooks: 3,
  };
  await using aircall = await stillAccount({ account });
  const bindings = listedStreamNames.map((stream) => ({
    resourceConfig: { stream, syncMode: "incremental" },
    stateKey: stream,
  }));
  const task = new FlowTask(CONFIG, bindings, emulated(aircall.url));
  const random = new Random(1);
  for (let kills = 0; kills < KILLS; kills++) {
    const session = task.open(spawnProgram);
    const lines = random.integer(SHORTEST_LIFE_LINES, LONGEST_LIFE_LINES);
    await session.until(() => session.lines >= lines || session.isCaughtUp());
    expect(session.isCaughtUp(), `the capture was over before kill ${kills}`).toBe(false);
    await session.kill();
  }
  const last = task.open();
  await last.caughtUp();
  await last.stop();
  task.bindings.forEach(({ stateKey }, index) => {
    const stream = stateKey as (typeof listedStreamNames)[number];
    expectDocuments([...(task.collections[index]?.values() ?? [])], aircall, stream);
  });
});
