import { beforeEach, describe, expect, test } from "vitest";
import { views } from "../../src/local/index.ts";
import type { ViewSpec } from "../../src/local/store/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { streams } from "../../src/streams/index.ts";
import { noLog, openTarget } from "../support/open-target.ts";
import { ADDRESS, hasPostgres, newSchema, postgresView, runPostgres } from "../support/postgres.ts";
import { calls, present } from "../support/stored-calls.ts";

const { keyField, documentSchema } = streams.calls;

describe.skipIf(!hasPostgres)("views in PostgreSQL", () => {
  let schema: string;
  let warnings: string[];

  beforeEach(() => {
    schema = newSchema();
    warnings = [];
  });

  async function commit(documents: readonly JsonObject[], specs: readonly ViewSpec[] = views): Promise<void> {
    const tables = [{ name: "calls", keyField, documentSchema }];
    const log = { ...noLog, warn: (sentence: string) => warnings.push(sentence) };
    const store = await openTarget(
      `${ADDRESS}#${schema}`,
      { tables, views: specs, source: "emulator" },
      { log },
    );
    await store.commit([calls(documents.map(present))]);
    await store.close();
  }

  test("keep who may read them, and the views of others over them, when a column is widened", async () => {
    await commit([{ id: 1, direction: "inbound" }]);
    await runPostgres(`GRANT SELECT ON "${schema}".call_details TO guarded`);
    await runPostgres(`CREATE VIEW "${schema}".mine AS SELECT direction FROM "${schema}".call_details`);
    await commit([{ id: 2, direction: 7 }]);
    expect((await postgresView(schema, "mine")).map(({ direction }) => direction).sort()).toEqual([
      "7",
      "inbound",
    ]);
    expect(
      await runPostgres("SELECT has_table_privilege('guarded', $1, 'SELECT') AS may", [
        `${schema}.call_details`,
      ]),
    ).toEqual([{ may: true }]);
    expect(warnings).toEqual([]);
  });

  test("have their descriptions as comments", async () => {
    await commit([]);
    expect(
      await runPostgres(
        "SELECT obj_description($1::regclass) AS view, col_description($1::regclass, 3) AS tag",
        [`${schema}.call_tags`],
      ),
    ).toEqual([{ view: "A tag on a call. Made by source-aircall.", tag: "ID of the tag." }]);
  });

  test("are made again with the columns of another version, or else reported, and the capture goes on", async () => {
    await commit([{ id: 1 }]);
    const other = views.map((view) => ({ ...view, columns: view.columns.toReversed() }));
    await commit([{ id: 2 }], other);
    expect(Object.keys((await postgresView(schema, "call_details"))[0] ?? {})).toContain("call_id");
    expect(warnings).toEqual([]);
    await runPostgres(`CREATE VIEW "${schema}".mine AS SELECT tag_id FROM "${schema}".call_tags`);
    await commit([{ id: 3 }], views);
    expect(warnings).toEqual([
      expect.stringMatching(/does not have the view call_tags, which the server refuses: cannot drop view/),
    ]);
    expect(await postgresView(schema, "call_details")).toHaveLength(3);
  });
});
