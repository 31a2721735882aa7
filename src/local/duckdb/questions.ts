import { DatabaseFile } from "./file.ts";

/** A question about the captured calls, in SQL that any DuckDB client takes, and its answer. */
export interface Answer {
  readonly title: string;
  readonly sql: string;
  /** One or two amounts for each label. */
  readonly rows: readonly { readonly label: string; readonly amount: number; readonly rest: number }[];
}

const QUESTIONS: readonly Pick<Answer, "title" | "sql">[] = [
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

/** Asks a captured file a few questions. The file must not be open. Throws a `StoreError` if it cannot be opened. */
export async function answerQuestions(path: string): Promise<Answer[]> {
  const file = await DatabaseFile.open(path);
  try {
    const connection = await file.connect();
    const answers: Answer[] = [];
    for (const question of QUESTIONS) {
      const result = await connection.runAndReadAll(question.sql);
      const rows = result.getRowsJson().map(([label, amount, rest]) => ({
        label: String(label),
        amount: Number(amount),
        rest: Number(rest),
      }));
      answers.push({ ...question, rows });
    }
    return answers;
  } finally {
    await file.close();
  }
}
