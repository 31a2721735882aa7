import type { ViewDialect, ViewType } from "../store/index.ts";
import { quoteName, quoteTable, quoteText } from "./sql.ts";
import { convertedValue } from "./types.ts";

const TYPES = {
  boolean: "BOOLEAN",
  instant: "TIMESTAMP WITH TIME ZONE",
  integer: "BIGINT",
  json: "JSON",
  number: "DOUBLE",
  text: "VARCHAR",
} as const satisfies Record<ViewType, string>;

export const duckDbViews: ViewDialect = {
  name: quoteName,
  table: quoteTable,
  type: (type) => TYPES[type],
  json: ({ kind }, name) => convertedValue(name, kind, "json"),
  at: (json, name) => `json_extract(${json}, ${quoteText(`$."${name}"`)})`,
  text: (json) => `json_extract_string(${json}, '$')`,
  matches: (text, pattern) => `regexp_matches(${text}, ${quoteText(pattern)})`,
  instant: (text) => `TRY_CAST(${text} AS TIMESTAMP WITH TIME ZONE)`,
  elements: (json) =>
    `unnest(CAST(CASE WHEN json_type(${json}) = 'ARRAY' THEN json_extract(${json}, '$[*]') END AS JSON[])) WITH ORDINALITY AS element(item, position)`,
};
