import type { Column, Columns, SummaryQuestion, TableSummary } from "../store/index.ts";
import type { Client } from "./connect.ts";
import { hasOtherType } from "./faults.ts";
import { quoteName } from "./sql.ts";

const HOUR_SECONDS = 3_600;

/** What a table, named as SQL names it, holds; in two queries that read no more than one column. */
export async function readSummary(
  client: Client,
  table: string,
  question: SummaryQuestion,
  columns: Columns,
): Promise<TableSummary> {
  const column = question.newestBy === undefined ? undefined : columns.get(question.newestBy);
  try {
    return await summaryBy(client, table, column, question.sinceSeconds);
  } catch (cause) {
    // A commit has widened the column since its kind was looked up.
    if (column !== undefined && hasOtherType(cause))
      return summaryBy(client, table, undefined, question.sinceSeconds);
    throw cause;
  }
}

async function summaryBy(
  client: Client,
  table: string,
  column: Column | undefined,
  sinceSeconds: number,
): Promise<TableSummary> {
  const isNumber = column?.kind === "integer" || column?.kind === "number";
  const name = column === undefined ? "" : quoteName(column.name);
  const newestBy = isNumber ? name : column?.kind === "text" ? `${name} COLLATE "C"` : "NULL::text";
  const { rows } = await client.query(`SELECT count(*) AS rows, max(${newestBy}) AS newest FROM ${table}`);
  const { rows: count, newest } = rows[0];
  return {
    rows: Number(count),
    ...(newest !== null && { newest: isNumber ? Number(newest) : String(newest) }),
    rowsByHour: isNumber ? await rowsByHour(client, table, name, sinceSeconds) : new Map(),
  };
}

async function rowsByHour(
  client: Client,
  table: string,
  instant: string,
  sinceSeconds: number,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query(
    `SELECT floor(${instant} / ${HOUR_SECONDS}.0) AS hour, count(*) AS rows FROM ${table} WHERE ${instant} >= $1::double precision GROUP BY 1`,
    [sinceSeconds],
  );
  return new Map(rows.map(({ hour, rows: count }) => [Number(hour), Number(count)]));
}
