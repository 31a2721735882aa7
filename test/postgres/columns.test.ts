import { describe, expect, it } from "vitest";
import { openTarget } from "../support/open-target.ts";
import {
  ADDRESS,
  hasPostgres,
  newSchema,
  postgresObjects,
  postgresTypes,
  runPostgres,
} from "../support/postgres.ts";
import { CALLS, calls, openCalls, present } from "../support/stored-calls.ts";

/** A schema whose table of calls has the documents. */
async function stored(...transactions: Parameters<typeof present>[0][][]): Promise<string> {
  const schema = newSchema();
  const store = await openCalls(`${ADDRESS}#${schema}`);
  for (const documents of transactions) await store.commit([calls(documents.map(present))]);
  await store.close();
  return schema;
}

async function columnNames(schema: string): Promise<string[]> {
  const rows = await runPostgres(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = $1 AND table_name = 'calls' ORDER BY ordinal_position",
    [schema],
  );
  return rows.map(({ name }) => String(name));
}

const KNOWN = Object.keys(CALLS.documentSchema.properties as object).filter((name) => name !== "_meta");

describe.runIf(hasPostgres)("a column", () => {
  it("has the field's name as far as PostgreSQL can have it, and no two have one", async () => {
    const long = "é".repeat(40);
    const document = {
      id: 1,
      ctid: "a",
      XMIN: "b",
      [long]: "c",
      [`${long}x`]: "d",
      ["x".repeat(63)]: "e",
      [`🎈${"y".repeat(70)}`]: "f",
    };
    const schema = await stored([document]);
    expect((await columnNames(schema)).slice(KNOWN.length)).toEqual([
      "ctid_2",
      "XMIN_2",
      "é".repeat(31),
      `${"é".repeat(30)}_2`,
      "x".repeat(63),
      `🎈${"y".repeat(59)}`,
    ]);
    expect(await postgresObjects(schema, "calls")).toEqual([document]);
  });

  it("keeps texts but for U+0000, which becomes U+FFFD as half of a character does, and is reported once", async () => {
    const odd = "a\0b\uD800c\\u0000";
    const schema = newSchema();
    const lines: string[] = [];
    const log = { debug() {}, info() {}, warn: (line: string) => lines.push(line), error() {} };
    const options = { tables: [CALLS], source: "emulator" };
    const store = await openTarget(`${ADDRESS}#${schema}`, options, { log });
    for (const mixed of ["\uFFFD", "\\u0000"])
      await store.commit([
        calls([present({ id: 1, mixed, status: odd, user: { [odd]: [odd] }, [odd]: odd })]),
      ]);
    await store.close();
    expect(lines).toEqual(
      ["status", "user", odd].map(
        (field) =>
          `calls: The field ${JSON.stringify(field)} has U+0000 or half of a character, which PostgreSQL cannot store. U+FFFD takes its place.`,
      ),
    );
    const text = "a\uFFFDb\uFFFDc\\u0000";
    expect(await postgresObjects(schema, "calls")).toEqual([
      { id: 1, mixed: "\\u0000", status: text, user: { [text]: [text] }, [odd]: text },
    ]);
  });

  it("of keys distinguishes all that PostgreSQL can distinguish", async () => {
    const schema = await stored([{ id: "a\0" }, { id: "a\uFFFD", status: "same" }, { id: "A" }, { id: 1 }]);
    const rows = await postgresObjects(schema, "calls");
    expect(rows).toHaveLength(3);
    expect(rows).toEqual(expect.arrayContaining([{ id: "a\uFFFD", status: "same" }, { id: "A" }, { id: 1 }]));
  });

  it("is the primary key, also after it was widened", async () => {
    const schema = await stored([{ id: 1 }], [{ id: "one" }]);
    expect((await postgresTypes(schema, "calls")).id).toBe("jsonb");
    await expect(runPostgres(`INSERT INTO "${schema}".calls (id) VALUES ('1')`)).rejects.toThrow(
      /calls_pkey/,
    );
  });

  it("keeps numbers beyond 2^53, in jsonb and in double precision", async () => {
    const value = 123_456_789_012_345_680_000;
    const schema = await stored(
      [{ id: 1, far: value, user: { far: value }, cost: 2 ** 53 + 2 }],
      [{ id: 2, far: "x" }],
    );
    const [row] = await runPostgres(
      `SELECT far::text, "user"->>'far' AS nested, cost::bigint::text AS cost FROM "${schema}".calls WHERE id = 1`,
    );
    expect(row).toEqual({
      far: "123456789012345680000",
      nested: "123456789012345680000",
      cost: "9007199254740994",
    });
  });

  it("keeps every digit when it is widened, whatever is set for the role", async () => {
    await runPostgres("ALTER ROLE capture SET extra_float_digits = -10");
    const values = [0.1 + 0.2, 5e-324, 1.7976931348623157e308];
    const schema = await stored(
      values.map((cost, id) => ({ id, cost })),
      [{ id: 9, cost: "text" }],
    );
    await runPostgres("ALTER ROLE capture RESET extra_float_digits");
    const rows = await postgresObjects(schema, "calls");
    expect(rows.map(({ cost }) => cost)).toEqual([...values, "text"]);
  });

  it("beyond the 1,600th is refused in a sentence, and nothing of the transaction is written", async () => {
    const schema = await stored([{ id: 1 }]);
    const store = await openCalls(`${ADDRESS}#${schema}`);
    const fields = Object.fromEntries(Array.from({ length: 1_600 }, (_, index) => [`field_${index}`, true]));
    await expect(store.commit([calls([present({ id: 2, ...fields })])])).rejects.toThrow(
      /could not be written \(tables can have at most 1600 columns\); a table has at most 1,600 columns in PostgreSQL; capture into a DuckDB file/,
    );
    await store.commit([
      calls([present({ id: 3, ...Object.fromEntries(Object.entries(fields).slice(0, 300)) })]),
    ]);
    expect(await store.rowCounts()).toEqual(new Map([["calls", 2]]));
    await store.close();
  });

  it("that a view depends on is widened once the view is gone, as the error says", async () => {
    const schema = await stored([{ id: 1, duration: 5 }]);
    await runPostgres(`CREATE VIEW "${schema}".long_calls AS SELECT id, duration FROM "${schema}".calls`);
    const store = await openCalls(`${ADDRESS}#${schema}`);
    const long = [calls([present({ id: 2, duration: "long" })])];
    await expect(store.commit(long)).rejects.toThrow(
      /cannot alter type of a column used by a view or rule: rule _RETURN on view .*long_calls depends on column "duration"\); drop what depends on the column, and create it again afterwards and run again/,
    );
    await runPostgres(`DROP VIEW "${schema}".long_calls`);
    await store.commit(long);
    await store.close();
  });
});

describe.runIf(hasPostgres)("comments", () => {
  const COMMENTS = `SELECT coalesce(a.attname, '') AS column, description FROM pg_description
      LEFT JOIN pg_attribute a ON attrelid = objoid AND attnum = objsubid AND objsubid > 0
     WHERE objoid = format('%I.calls', $1::text)::regclass AND classoid = 'pg_class'::regclass ORDER BY objsubid`;

  it("have the descriptions of the schema, and follow its changes", async () => {
    const schema = newSchema();
    const open = (title: string) =>
      openTarget(`${ADDRESS}#${schema}`, {
        source: "emulator",
        tables: [
          {
            ...CALLS,
            documentSchema: {
              title,
              properties: {
                id: { description: "ID of the call." },
                status: { description: "It's \\ over." },
                ctid: {},
              },
            },
          },
        ],
      });
    await (await open("Calls")).close();
    const columns = [
      { column: "id", description: "ID of the call." },
      { column: "status", description: "It's \\ over." },
      { column: "ctid_2", description: 'The field "ctid".' },
    ];
    expect(await runPostgres(COMMENTS, [schema])).toEqual([{ column: "", description: "Calls" }, ...columns]);
    await (await open("All calls")).close();
    expect(await runPostgres(COMMENTS, [schema])).toEqual([
      { column: "", description: "All calls" },
      ...columns,
    ]);
  });
});
