import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { views } from "../../src/local/index.ts";
import { streams } from "../../src/streams/index.ts";
import { newFile } from "../support/duckdb.ts";
import { askFile } from "../support/files.ts";
import { openTarget } from "../support/open-target.ts";
import { present } from "../support/stored-calls.ts";

const LOCAL = readFileSync(new URL("../../docs/local.md", import.meta.url), "utf8");
const [, SECTION = ""] = /^## Example queries\n([\s\S]*?)^## /m.exec(LOCAL) ?? [];
const QUERIES = [...SECTION.matchAll(/^```sql\n([\s\S]*?)^```/gm)].map(([, query = ""]) => query);

interface Call {
  readonly direction: string;
  readonly started_at: number;
  readonly answered_at: number | null;
  readonly ended_at: number | null;
  readonly raw_digits: string;
  readonly number: { readonly name: string };
  readonly user: { readonly name: string } | null;
  readonly tags: readonly { readonly name: string }[];
}

interface Contact {
  readonly id: number;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly phone_numbers: readonly { readonly value: string }[];
}

/** The values by their keys. */
function grouped<Value>(values: Iterable<Value>, keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

/** The first rows by a number, the greatest first, and then by a name. */
function first<Row>(
  rows: readonly Row[],
  numberOf: (row: Row) => unknown,
  nameOf: (row: Row) => unknown,
): Row[] {
  const byName = (one: Row, other: Row) => (String(nameOf(one)) < String(nameOf(other)) ? -1 : 1);
  return rows
    .toSorted((one, other) => Number(numberOf(other)) - Number(numberOf(one)) || byName(one, other))
    .slice(0, 5);
}

test("the example queries of docs/local.md answer what they promise", async () => {
  const nowMs = Date.now() - 5_000;
  const emulator = await startEmulator({
    limit: null,
    clock: { now: () => nowMs },
    account: { calls: 400, days: 40, contacts: 40 },
  });
  const calls = [...emulator.truth("calls")] as unknown as Call[];
  const contacts = [...emulator.truth("contacts")] as unknown as Contact[];
  await emulator.close();
  const path = newFile();
  const tables = (["calls", "contacts"] as const).map((name) => ({ ...streams[name], name }));
  const store = await openTarget(path, { tables, views, source: "emulator" });
  const block = (table: string, rows: readonly unknown[]) => ({
    table,
    documents: rows.map((row) => present(row as Parameters<typeof present>[0])),
    patch: {},
  });
  await store.commit([block("calls", calls), block("contacts", contacts)]);
  await store.close();
  const answers: Record<string, unknown>[][] = [];
  for (const query of QUERIES) answers.push(await askFile(path, query));
  const [talked, tagged, waited, called] = answers;
  expect(QUERIES).toHaveLength(4);

  const month = new Date(nowMs);
  const since = Date.UTC(month.getUTCFullYear(), month.getUTCMonth()) / 1_000;
  const over = calls.filter(
    ({ started_at, answered_at, ended_at }) => started_at >= since && answered_at && ended_at,
  );
  const agents = [...grouped(over, ({ user }) => user?.name ?? "")].map(([agent, theirs]) => ({
    agent,
    calls: String(theirs.length),
    hours_talked:
      Math.round(
        theirs.reduce((sum, call) => sum + Number(call.ended_at) - Number(call.answered_at), 0) / 360,
      ) / 10,
  }));
  expect(talked).toEqual(
    first(
      agents,
      ({ hours_talked }) => hours_talked,
      ({ agent }) => agent,
    ),
  );

  const tags = calls.flatMap((call) => call.tags.map(({ name }) => name));
  const counts = [...grouped(tags, (name) => name)].map(([tag, all]) => ({ tag, calls: String(all.length) }));
  expect(tagged).toEqual(
    first(
      counts,
      (row) => row.calls,
      ({ tag }) => tag,
    ),
  );

  const inbound = calls.filter(({ direction }) => direction === "inbound");
  const numbers = [...grouped(inbound, ({ number }) => number.name)].map(([number, theirs]) => ({
    number,
    calls: String(theirs.length),
    missed: String(theirs.filter(({ answered_at }) => answered_at === null).length),
    longest_wait: String(
      Math.max(
        ...theirs.map(
          (call) => Number(call.answered_at ?? call.ended_at ?? call.started_at) - call.started_at,
        ),
      ),
    ),
  }));
  expect(waited).toEqual(
    first(
      numbers,
      ({ missed }) => missed,
      ({ number }) => number,
    ),
  );

  const people = contacts.map(({ id, first_name, last_name, phone_numbers }) => {
    const theirs = calls.flatMap(({ raw_digits }) =>
      phone_numbers.filter(({ value }) => value === raw_digits),
    );
    return { id, row: { first_name, last_name, calls: String(theirs.length) } };
  });
  const callers = people.filter(({ row }) => row.calls !== "0");
  expect(callers.length).toBeGreaterThan(0);
  const most = first(
    callers,
    ({ row }) => row.calls,
    ({ id }) => id,
  );
  expect(called).toEqual(most.map(({ row }) => row));
});
