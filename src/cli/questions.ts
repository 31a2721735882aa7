import type { Store } from "../local/index.ts";
import { barChart } from "./chart.ts";

/** A question about the captured calls: its SQL answers with a label and one or two amounts a row. */
interface Question {
  readonly title: string;
  readonly sql: string;
}

const QUESTIONS: readonly Question[] = [
  {
    title: "Calls a day, the last two weeks: answered █ and not ░",
    sql: `SELECT strftime(make_timestamp(started_at * 1000000), '%a %d %b') AS label,
       count(answered_at) AS amount, count(*) - count(answered_at) AS rest
  FROM calls
 WHERE started_at // 86400 > (SELECT max(started_at) // 86400 - 14 FROM calls)
 GROUP BY label, started_at // 86400
 ORDER BY started_at // 86400`,
  },
  {
    title: "Inbound calls a number, the ten busiest: answered █ and missed ░",
    sql: `SELECT number->>'name' AS label,
       count(answered_at) AS amount, count(*) - count(answered_at) AS rest
  FROM calls
 WHERE direction = 'inbound'
 GROUP BY label
 ORDER BY count(*) DESC LIMIT 10`,
  },
  {
    title: "Busiest hours, UTC",
    sql: `SELECT strftime(make_timestamp(started_at * 1000000), '%H:00') AS label,
       count(*) AS amount, 0 AS rest
  FROM calls
 GROUP BY label
 ORDER BY label`,
  },
];

/** Each question with its SQL, to be pasted into any DuckDB client, and a chart of its answer. */
export async function answerQuestions(store: Store, columns: number): Promise<string> {
  const answers: string[] = [];
  for (const { title, sql } of QUESTIONS) {
    const rows = await store.query(sql);
    const bars = rows.map((row) => ({
      label: String(row.label),
      amount: Number(row.amount),
      rest: Number(row.rest),
    }));
    answers.push(`\n${title}\n\n${indent(sql)}\n\n${barChart(bars, columns)}`);
  }
  return answers.join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
