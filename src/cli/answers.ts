import type { Answer } from "../local/index.ts";
import { barChart } from "./chart.ts";

/** Each question with its SQL, to be pasted into any DuckDB client, and a chart of its answer. */
export function answersText(answers: readonly Answer[], columns: number): string {
  return answers
    .map(({ title, sql, rows }) => `\n${title}\n\n${indent(sql)}\n\n${barChart(rows, columns)}`)
    .join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
