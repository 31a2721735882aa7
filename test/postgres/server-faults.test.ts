import { spawnSync } from "node:child_process";
import { chownSync, mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isDeep } from "../support/draws.ts";
import { temporaryFolder } from "../support/files.ts";
import { ADDRESS, hasPostgres, newSchema, postgresObjects, runPostgres } from "../support/postgres.ts";
import { findPrograms, startPostgres, VOLATILE } from "../support/postgres-server.ts";
import { calls, callsState, openCalls, present } from "../support/stored-calls.ts";

const programs = findPrograms();
const isRoot = process.getuid?.() === 0;

const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) =>
    present({ id: from + index, user: { note: `${from}${index}`.repeat(200) } }),
  );

describe.runIf(isDeep && programs)("a server of its own", () => {
  it("that crashes and restarts under a capture loses nothing, and the capture goes on by itself", async () => {
    using folder = temporaryFolder();
    let stop = await startPostgres(programs ?? "", folder.file(""), VOLATILE);
    const store = await openCalls(`postgres://postgres@/postgres?host=${folder.file("")}#aircall`);
    await store.commit([calls(rows(0, 500), { at: 1 })]);
    const commits = (async () => {
      for (let at = 2; at <= 20; at++) await store.commit([calls(rows(at * 500, 500), { at })]);
    })();
    for (let crash = 0; crash < 3; crash++) {
      await stop();
      stop = await startPostgres(programs ?? "", folder.file(""), VOLATILE);
    }
    await commits;
    expect(callsState(store)).toEqual({ at: 20 });
    expect(await store.rowCounts()).toEqual(new Map([["calls", 10_000]]));
    await store.close();
    await stop();
  });
});

describe.runIf(hasPostgres)(
  "a disk that is full ends in a sentence, and nothing that was saved is lost",
  () => {
    const SENTENCE =
      /could not be written \(.*No space left on device\); free some disk space on the server and run again, which goes on from what is saved\.$/;

    it("as the server reports it", async () => {
      const schema = newSchema();
      const store = await openCalls(`${ADDRESS}#${schema}`);
      await store.commit([calls([present({ id: 1 })], { at: 1 })]);
      await runPostgres(`CREATE FUNCTION "${schema}".fill() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'could not extend file "base/1": No space left on device' USING ERRCODE = 'disk_full'; END $$`);
      await runPostgres(
        `CREATE TRIGGER full_disk BEFORE INSERT ON "${schema}".calls EXECUTE FUNCTION "${schema}".fill()`,
      );
      await expect(store.commit([calls([present({ id: 2 })], { at: 2 })])).rejects.toThrow(SENTENCE);
      await runPostgres(`DROP TRIGGER full_disk ON "${schema}".calls`);
      await store.commit([calls([present({ id: 3 })], { at: 3 })]);
      expect(callsState(store)).toEqual({ at: 3 });
      await store.close();
      expect(await postgresObjects(schema, "calls")).toEqual([{ id: 1 }, { id: 3 }]);
    });

    // Only an administrator can mount a small disk.
    it.runIf(isDeep && isRoot)("as it is with a small disk", async ({ skip }) => {
      using folder = temporaryFolder();
      const disk = folder.file("disk");
      mkdirSync(disk);
      if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]).status !== 0) skip();
      const stop = await startPostgres(programs ?? "", folder.file(""), VOLATILE);
      try {
        chownSync(disk, 65_534, 65_534);
        const address = `postgres://postgres@/postgres?host=${folder.file("")}`;
        const { default: pg } = await import("pg");
        const client = new pg.Client({ host: folder.file(""), user: "postgres", database: "postgres" });
        await client.connect();
        await client.query(`CREATE TABLESPACE small LOCATION '${disk}'`);
        await client.query("ALTER ROLE postgres SET default_tablespace = small");
        await client.end();
        const store = await openCalls(`${address}#aircall`);
        let saved = 0;
        const fill = async () => {
          for (; ; saved++) await store.commit([calls(rows(saved * 500, 500), { at: saved + 1 })]);
        };
        await expect(fill()).rejects.toThrow(SENTENCE);
        expect(saved).toBeGreaterThan(0);
        expect(callsState(store)).toEqual({ at: saved });
        expect(await store.rowCounts()).toEqual(new Map([["calls", saved * 500]]));
        await store.close();
      } finally {
        await stop();
        spawnSync("umount", [disk]);
      }
    });
  },
);
