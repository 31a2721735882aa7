import { instance } from "@viz-js/viz";
import { views } from "../../src/local/index.ts";
import { isInsight, type StreamName, streamNames, streams } from "../../src/streams/index.ts";

/** Tables whose key is that of another table. */
const SHARED_KEYS: readonly (readonly [StreamName, StreamName])[] = [
  ["user_availablity", "users"],
  ...streamNames.filter(isInsight).map((name) => [name, "calls"] as const),
];

/** The tables and views, with what leads from one to another, as an SVG that Graphviz makes. */
export async function entityDiagram(): Promise<string> {
  const viz = await instance();
  const svg = viz.renderString(diagramText(), { format: "svg" });
  // Tools that make pictures name themselves and their versions in comments.
  return `${svg
    .slice(svg.indexOf("<svg"))
    .replaceAll(/<!--[\s\S]*?-->\n?/g, "")
    .trim()}\n`;
}

function diagramText(): string {
  const nodes = [
    ...streamNames.map((name) => node(name, [`${streams[name].keyField} (key)`], "#dbeafe")),
    ...views.map(({ name, columns }) => {
      const references = columns.filter((column) => column.references).map((column) => column.name);
      return node(name, references, "#fef3c7");
    }),
  ];
  const edges = [
    ...SHARED_KEYS.map(([from, to]) => edge(from, to, streams[from].keyField, "solid")),
    ...views.flatMap(({ name, table, columns }) => [
      edge(name, table, undefined, "dashed"),
      ...columns.flatMap((column) =>
        column.references === undefined || column.references === table
          ? []
          : [edge(name, column.references, column.name, "solid")],
      ),
    ]),
  ];
  return `digraph {
    graph [rankdir=LR, bgcolor="white", pad=0.2, nodesep=0.15, ranksep=1.6, fontname="Helvetica,Arial,sans-serif"]
    node [shape=plain, fontname="Helvetica,Arial,sans-serif", fontsize=11]
    edge [color="#64748b", arrowsize=0.6]
    ${[...nodes, ...edges].join("\n    ")}
  }`;
}

function node(name: string, lines: readonly string[], color: string): string {
  const rows = lines.map((line) => `<TR><TD ALIGN="LEFT" PORT="${line.split(" ")[0]}">${line}</TD></TR>`);
  return (
    `${name} [label=<<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="6" COLOR="#64748b">` +
    `<TR><TD BGCOLOR="${color}"><B>${name}</B></TD></TR>${rows.join("")}</TABLE>>]`
  );
}

function edge(from: string, to: string, port: string | undefined, style: string): string {
  return `${from}${port === undefined ? "" : `:${port}:e`} -> ${to} [style=${style}]`;
}
