import { typeOf as duckDbType } from "../../src/local/duckdb/types.ts";
import { duckDbViews } from "../../src/local/duckdb/view-dialect.ts";
import { views } from "../../src/local/index.ts";
import { typeOf as postgresType } from "../../src/local/postgres/types.ts";
import { postgresViews } from "../../src/local/postgres/view-dialect.ts";
import { type Column, type ViewSpec, withSchema } from "../../src/local/store/index.ts";
import { isJsonObject, type Json, type JsonObject } from "../../src/shared/json.ts";
import { type StreamName, streamNames, streams } from "../../src/streams/index.ts";

/** What a row of each table stands for. A new stream needs its sentence. */
const ROWS: Readonly<Record<StreamName, string>> = {
  calls: "A call.",
  company: "The company itself: one row.",
  contacts: "A contact that the company shares.",
  events: "An event as Aircall sent it; only where [events are received](local.md#changes-in-seconds).",
  messages:
    "A text message, merged from its events; only where [events are received](local.md#changes-in-seconds).",
  numbers: "A phone line of the company.",
  tags: "A label that agents put on calls.",
  teams: "A group of users.",
  user_availablity: "What a user is doing at the moment. The name is spelt as in the first version.",
  users: "An agent or admin of the company.",
  webhooks: "A subscription to Aircall's events.",
  transcriptions: "What was said in a call or voicemail.",
  sentiments: "The mood of the participants of a call.",
  topics: "What a call was about, in single words.",
  summaries: "A call in a few sentences.",
  action_items: "What is to be done after a call.",
  custom_summaries: "A call summarized by the company's own template.",
  playbook_results: "How far a call kept to a playbook.",
  evaluations: "How a call was rated by scorecards.",
  predicted_csats: "How satisfied the customer probably is.",
};

const HEAD = ["column", "DuckDB", "PostgreSQL", "what it is"];

/** The tables of all streams, with their columns, in Markdown. */
export function tablesText(): string {
  return streamNames.map(tableText).join("\n\n");
}

/** The views, with their columns, in Markdown. */
export function viewsText(): string {
  return views.map(viewText).join("\n\n");
}

function tableText(name: StreamName): string {
  const { keyField, documentSchema } = streams[name];
  const properties = objectOf(documentSchema.properties);
  const rows = [...withSchema(new Map(), keyField, documentSchema).values()].map((column) => [
    code(column.name) + (column.field === keyField ? " (key)" : ""),
    ...typesOf(column),
    described(properties[column.field]),
  ]);
  return [`### ${name}`, "", ROWS[name], "", table(rows)].join("\n");
}

function typesOf({ kind }: Column): string[] {
  return [duckDbType(kind), postgresType(kind)];
}

/** The description of a field, and of which fields the objects in it are. */
function described(schema: Json | undefined): string {
  const { description = "", properties, items } = objectOf(schema);
  const fields = Object.keys(objectOf(properties ?? objectOf(items).properties));
  const inside = fields.length > 0 ? ` Fields: ${fields.map(code).join(", ")}.` : "";
  return `${description}${inside}`;
}

function viewText({ name, description, table: over, unfolds, columns }: ViewSpec): string {
  const source = unfolds
    ? `One row for each element of \`${unfolds}\` in ${link(over)}.`
    : `One row for each row of ${link(over)}.`;
  const rows = columns.map((column) => [
    code(column.name),
    duckDbViews.type(column.type),
    postgresViews("").type(column.type),
    column.description + (column.references ? ` Key of ${link(column.references)}.` : ""),
  ]);
  return [`### ${name}`, "", `${description} ${source}`, "", table(rows)].join("\n");
}

function table(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [HEAD, HEAD.map(() => "---"), ...rows].map(line).join("\n");
}

const code = (text: string) => `\`${text}\``;
const link = (name: string) => `[${name}](#${name})`;

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
