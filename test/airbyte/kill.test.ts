import type { ChildProcess } from "node:child_process";
import { expect, test } from "vitest";
import { Random } from "../../emulator/random.ts";
import { streamNames } from "../../src/streams/index.ts";
import { AirbyteConnection } from "../support/airbyte.ts";
import { emulated } from "../support/cli.ts";
import { stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };
const KILLS = 10;

/** Past the opening, and short enough for all these processes to die before all is read. */
const SHORTEST_LIFE_LINES = 60;
const LONGEST_LIFE_LINES = 3_500;

test("a read that is killed again and again leaves the truth behind", async () => {
  await using aircall = await stillAccount({ account: { calls: 25_000, days: 60, contacts: 700 } });
  const choices = streamNames.map((name) => ({ name }));
  const connection = new AirbyteConnection(CONFIG, choices, emulated(aircall.url));
  const random = new Random(1);
  for (let kills = 0; kills < KILLS; kills++) {
    const lines = random.integer(SHORTEST_LIFE_LINES, LONGEST_LIFE_LINES);
    const sync = await connection.sync(async ({ process }) => killAfter(lines, process));
    expect(sync.exitCode, `the read was over before kill ${kills}`).toBeNull();
  }
  expect((await connection.sync()).exitCode).toBe(0);
  for (const stream of streamNames) expectDocuments(connection.rows(stream), aircall, stream);
}, 120_000);

function killAfter(lines: number, child: ChildProcess): void {
  let shown = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    shown += chunk.toString().split("\n").length - 1;
    if (shown >= lines) child.kill("SIGKILL");
  });
}
