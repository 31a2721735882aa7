import type { ViewDialect, ViewType } from "../store/index.ts";
import { quoteName, quoteTable, quoteText } from "./sql.ts";

const TYPES = {
  boolean: "boolean",
  instant: "timestamp with time zone",
  integer: "bigint",
  json: "jsonb",
  number: "double precision",
  text: "text",
} as const satisfies Record<ViewType, string>;

/** The SQL of views over the tables of a schema. */
export function postgresViews(schema: string): ViewDialect {
  return {
    name: quoteName,
    table: (name) => quoteTable(schema, name),
    type: (type) => TYPES[type],
    json: ({ kind }, name) => (kind === "json" ? name : `to_jsonb(${name})`),
    at: (json, name) => `(${json} -> ${quoteText(name)})`,
    text: (json) => `(${json} #>> '{}')`,
    matches: (text, pattern) => `(${text} ~ ${quoteText(pattern)})`,
    instant,
    elements: (json) =>
      `jsonb_array_elements(CASE WHEN jsonb_typeof(${json}) = 'array' THEN ${json} ELSE '[]' END) WITH ORDINALITY AS element(item, position)`,
  };
}

/** A cast of a day that its month does not have would make the whole view fail. */
function instant(text: string): string {
  const lastDay = `extract(day FROM CAST(substr(${text}, 1, 7) || '-01' AS date) + interval '1 month - 1 day')`;
  return `CASE WHEN CAST(substr(${text}, 9, 2) AS integer) <= ${lastDay} THEN CAST(${text} AS timestamp with time zone) END`;
}
