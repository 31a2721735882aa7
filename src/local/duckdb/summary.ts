import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, Columns, SummaryQuestion, TableSummary } from "../store/index.ts";
import { quoteName, quoteTable } from "./sql.ts";

const HOUR_SECONDS = 3_600;

/** What a table holds, in two queries that read no more than one column. */
export async function readSummary(
  reader: DuckDBConnection,
  { table, newestBy, sinceSeconds }: SummaryQuestion,
  columns: Columns,
): Promise<TableSummary> {
  const column = newestBy === undefined ? undefined : columns.get(newestBy);
  const from = `FROM ${quoteTable(table)}`;
  const instant = isNumber(column) ? instantOf(column) : undefined;
  const newest = instant ?? (column?.kind === "text" ? quoteName(column.name) : "NULL");
  const [[rows, newestValue] = []] = await rowsOf(reader, `SELECT count(*), max(${newest}) ${from}`);
  return {
    rows: Number(rows),
    ...(newestValue !== null && { newest: instant ? Number(newestValue) : String(newestValue) }),
    rowsByHour: new Map(instant ? await rowsByHour(reader, { from, instant, sinceSeconds }) : []),
  };
}

async function rowsByHour(
  reader: DuckDBConnection,
  { from, instant, sinceSeconds }: { from: string; instant: string; sinceSeconds: number },
): Promise<[number, number][]> {
  const hour = `floor(${instant} / ${HOUR_SECONDS})`;
  const counts = `SELECT ${hour}, count(*) ${from} WHERE ${instant} >= ${sinceSeconds} GROUP BY ALL`;
  return (await rowsOf(reader, counts)).map((row) => [Number(row[0]), Number(row[1])]);
}

/** A commit that is under way may have widened the column since its kind was looked up. */
function instantOf({ name }: Column): string {
  return `TRY_CAST(${quoteName(name)} AS DOUBLE)`;
}

function isNumber(column: Column | undefined): column is Column {
  return column?.kind === "integer" || column?.kind === "number";
}

async function rowsOf(reader: DuckDBConnection, sql: string) {
  return (await reader.runAndReadAll(sql)).getRowsJson();
}
