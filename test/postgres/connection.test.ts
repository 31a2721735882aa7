import { describe, expect, it } from "vitest";
import { StoreError } from "../../src/errors.ts";
import { leapingClock } from "../support/clock.ts";
import { isDeep } from "../support/draws.ts";
import { openTarget } from "../support/open-target.ts";
import { ADDRESS, hasPostgres, newSchema, postgresObjects, runPostgres } from "../support/postgres.ts";
import { type Cut, startProxy } from "../support/postgres-proxy.ts";
import { CALLS, calls, callsState, openCalls, present } from "../support/stored-calls.ts";

const OPTIONS = { tables: [CALLS], source: "emulator" };

/** A store behind a proxy, in time that leaps, with a row and a state. */
async function proxied() {
  const proxy = await startProxy();
  const schema = newSchema();
  const lines: string[] = [];
  const clock = leapingClock();
  const log = { debug() {}, info() {}, warn: (line: string) => lines.push(line), error() {} };
  const store = await openTarget(`${proxy.address}#${schema}`, OPTIONS, { clock, random: () => 1, log });
  await store.commit([calls([present({ id: 1 })], { at: 1 })]);
  return { proxy, schema, store, lines, clock };
}

/** Waits for locks are in the server's time. */
describe.runIf(hasPostgres && isDeep)("a reader who holds a table for long", () => {
  it("delays a change of its columns, and neither ends the capture nor is held up with all other readers", async () => {
    const schema = newSchema();
    const lines: string[] = [];
    const log = { debug() {}, info() {}, warn: (line: string) => lines.push(line), error() {} };
    const store = await openTarget(`${ADDRESS}#${schema}`, OPTIONS, { log });
    await store.commit([calls([present({ id: 1 })])]);
    await runPostgres("BEGIN");
    await runPostgres(`SELECT FROM "${schema}".calls`);
    const change = store.commit([calls([present({ id: 2, added: 1 })])]);
    while (lines.length === 0) await store.rowCounts();
    expect(lines[0]).toMatch(/cannot be used at the moment \(canceling statement due to lock timeout\)/);
    await runPostgres("COMMIT");
    await change;
    await store.close();
    expect(await postgresObjects(schema, "calls")).toEqual([{ id: 1 }, { id: 2, added: 1 }]);
  });
});

describe.runIf(hasPostgres)("a connection that is lost", () => {
  const cuts: [string, Cut][] = [
    ["before a transaction begins", (from, bytes) => from === "client" && bytes.includes("BEGIN")],
    ["while rows are sent", (from, bytes) => from === "client" && bytes.includes("INSERT INTO")],
    ["before a commit arrives", (from, bytes) => from === "client" && bytes.includes("COMMIT\0")],
    [
      "before the answer to a commit arrives",
      (from, bytes) => from === "server" && bytes.includes("COMMIT\0"),
    ],
  ];
  it.each(cuts)("%s is made again, and the transaction is done once", async (_, cut) => {
    const { proxy, schema, store, lines } = await proxied();
    proxy.cutWhen(cut);
    await store.commit([calls([present({ id: 2, added: "x" })], { at: 2 })]);
    await store.commit([calls([present({ id: 3 })], { at: 3 })]);
    expect(callsState(store)).toEqual({ at: 3 });
    await store.close();
    expect(await postgresObjects(schema, "calls")).toEqual([{ id: 1 }, { id: 2, added: "x" }, { id: 3 }]);
    // The transaction that made the tables, and three more, each counted once.
    expect(await runPostgres(`SELECT commits FROM "${schema}".source_aircall_about`)).toEqual([
      { commits: "4" },
    ]);
    expect(lines).toEqual([
      expect.stringMatching(
        /\(schema test_\w+\) cannot be used at the moment \(.*\)\. It is tried again for 5 minutes\.$/,
      ),
      expect.stringMatching(/can be used again\.$/),
    ]);
  });

  it("while nothing is asked is made again with the next commit", async () => {
    const { proxy, store } = await proxied();
    proxy.drop();
    await store.commit([calls([present({ id: 2 })], { at: 2 })]);
    expect(await store.rowCounts()).toEqual(new Map([["calls", 2]]));
    proxy.drop();
    expect(await store.rowCounts()).toEqual(new Map([["calls", 2]]));
    await store.close();
  });

  it("and ended by an administrator, as when the server restarts, is made again", async () => {
    const { schema, store } = await proxied();
    const ended = await runPostgres(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND (classid::bigint << 32) | objid::bigint = hashtextextended('source-aircall ' || $1, 0)`,
      [schema],
    );
    expect(ended).toHaveLength(1);
    await store.commit([calls([present({ id: 2 })], { at: 2 })]);
    await store.close();
    expect(await postgresObjects(schema, "calls")).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it("for longer than five minutes ends in a sentence, and nothing that was saved is lost", async () => {
    const { proxy, schema, store, clock } = await proxied();
    const beganMs = clock.now();
    proxy.close();
    await expect(store.commit([calls([present({ id: 2 })], { at: 2 })])).rejects.toThrow(
      /^postgres:\/\/capture@127\.0\.0\.1:\d+\/postgres \(schema \w+\) could not be written \(.*ECONNREFUSED.*\); start the server, or correct its host and port and run again, which goes on from what is saved\.$/,
    );
    expect(clock.now() - beganMs).toBeGreaterThanOrEqual(5 * 60_000);
    expect(callsState(store)).toEqual({ at: 1 });
    await proxy.open();
    await store.commit([calls([present({ id: 3 })], { at: 3 })]);
    await store.close();
    expect(await postgresObjects(schema, "calls")).toEqual([{ id: 1 }, { id: 3 }]);
  });

  it("is not made again where another process has taken the schema over", async () => {
    const { proxy, schema, store } = await proxied();
    proxy.close();
    await runPostgres(`UPDATE "${schema}".source_aircall_about SET writer = gen_random_uuid()`);
    await proxy.open();
    await expect(store.commit([calls([present({ id: 2 })])])).rejects.toThrow(
      /was written by another process while the connection was lost; stop that process and run again/,
    );
    await store.close();
    expect(await postgresObjects(schema, "calls")).toEqual([{ id: 1 }]);
  });

  it.each(["127.0.0.1", "localhost"])(
    "before the store is open is reported in a sentence, at %s",
    async (host) => {
      const proxy = await startProxy();
      proxy.close();
      const address = proxy.address.replace("127.0.0.1", host);
      const error = await openCalls(`${address}#nowhere`).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(String(error)).toMatch(/cannot be opened \(connect ECONNREFUSED .*\); start the server/);
    },
  );

  it("is not waited for when the capture is stopped", async () => {
    const { proxy, schema, store } = await proxied();
    await store.close();
    const stopped = new AbortController();
    const target = `${proxy.address}#${schema}`;
    const again = await openTarget(target, OPTIONS, { signal: stopped.signal, random: () => 1 });
    proxy.close();
    const commit = again.commit([calls([present({ id: 2 })])]);
    stopped.abort();
    await expect(commit).rejects.toBe(stopped.signal.reason);
    await again.close();
  });
});
