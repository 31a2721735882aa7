import { expect, test } from "vitest";
import { Random } from "../../emulator/random.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { AirbyteConnection } from "../support/airbyte.ts";
import { isDeep } from "../support/draws.ts";
import { emulated, type RunningProgram, spawnProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };
const KILLS = 100;
const CALLS = 60_000;

/** Past the opening, and short enough for all these processes to die before all is read. */
const SHORTEST_LIFE_LINES = 60;
const LONGEST_LIFE_LINES = 500;

test.runIf(isDeep)("a read that is killed again and again leaves the truth behind", async () => {
  await using aircall = await stillAccount({ account: { calls: CALLS, days: 60, contacts: 300 } });
  const choices = listedStreamNames.map((name) => ({ name }));
  const connection = new AirbyteConnection(CONFIG, choices, emulated(aircall.url));
  const random = new Random(1);
  for (let kills = 0; kills < KILLS; kills++) {
    const lines = random.integer(SHORTEST_LIFE_LINES, LONGEST_LIFE_LINES);
    const sync = await connection.sync(spawnProgram, (running) => killAfter(lines, running));
    expect(sync.exitCode, `the read was over before kill ${kills}`).toBeNull();
  }
  expect((await connection.sync()).exitCode).toBe(0);
  for (const stream of listedStreamNames) expectDocuments(connection.rows(stream), aircall, stream);
});

function killAfter(lines: number, running: RunningProgram): void {
  let shown = 0;
  running.stdout.on("data", (chunk: string) => {
    shown += chunk.split("\n").length - 1;
    if (shown >= lines) running.kill();
  });
}
