import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { Random } from "../../emulator/random.ts";
import { firstSeed, isDeep } from "../support/draws.ts";
import { newFile, readObjects } from "../support/duckdb.ts";
import { bustle, EventTraffic } from "../support/event-traffic.ts";
import { freePort } from "../support/event-world.ts";
import { askFile } from "../support/files.ts";
import { quietly, runProgram, spawnProgram } from "../support/program.ts";
import { expectTruth } from "../support/truth.ts";
import { CONFIG } from "../support/world.ts";

test.runIf(isDeep)(
  "a file whose capture is killed at random has every message that was answered with 200 once, and is complete in the end",
  async () => {
    await using traffic = await EventTraffic.start(bustle());
    const { emulator } = traffic;
    const port = await freePort();
    const path = newFile("events.duckdb");
    const config = `${path}.json`;
    await writeFile(
      config,
      JSON.stringify({ ...CONFIG, advanced: { events_url: `http://127.0.0.1:${port}` } }),
    );
    const env = { ...quietly(emulator.url), AIRCALL_EVENTS_PORT: String(port) };
    const common = ["capture", "--to", path, "--config", config];
    const start = () => spawnProgram([...common, "--follow", "--streams", "calls,contacts,messages"], env);
    const random = new Random(firstSeed);
    for (let kills = 20; kills > 0; kills--) {
      const program = start();
      await Promise.race([traffic.accepts(random.integer(1, 10)), program.ended]);
      program.kill();
      expect((await program.ended).exitCode).toBeNull();
    }
    await traffic.end();
    // What was touched in the last seconds is read by the next run, here by the poll of a pass.
    expect((await runProgram([...common, "--streams", "calls,contacts"], env)).exitCode).toBe(0);
    const rows = new Map((await readObjects(path, "messages")).map((row) => [String(row.id), row]));
    const expected = traffic.accepted.expected(rows);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.map(({ id }) => rows.get(String(id)))).toMatchObject(expected);
    for (const table of ["calls", "contacts", "messages"])
      expect(await askFile(path, `SELECT id FROM "${table}" GROUP BY id HAVING count(*) > 1`)).toEqual([]);
    for (const stream of ["calls", "contacts"] as const) await expectTruth(path, emulator, stream);
  },
);
