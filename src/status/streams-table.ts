import { html } from "hono/html";
import { count } from "../shared/format.ts";
import { instant } from "./instant.ts";
import type { StreamOverview } from "./overview.ts";

const NOTHING = "–";

/** A table of the streams. Its roles are spelled out, since a narrow page lays its rows out as blocks. */
export function streamsTable(streams: readonly StreamOverview[], nowMs: number) {
  return html`<table class="streams" role="table" aria-labelledby="streams">
<thead role="rowgroup"><tr role="row">
<th role="columnheader" scope="col">Stream</th>
<th role="columnheader" scope="col">State</th>
<th role="columnheader" scope="col" class="amount">Rows</th>
<th role="columnheader" scope="col">Newest row</th>
<th role="columnheader" scope="col">Last look</th>
<th role="columnheader" scope="col">Next look</th>
</tr></thead>
<tbody role="rowgroup">${streams.map((stream) => streamRow(stream, nowMs))}</tbody>
</table>`;
}

function streamRow(stream: StreamOverview, nowMs: number) {
  const { newestMs, lookedMs, rows } = stream;
  const [kind, words] = stateOf(stream);
  const cell = (label: string, content: unknown, style = "") =>
    html`<td role="cell" data-label="${label}" class="${style}">${content}</td>`;
  return html`<tr role="row">
<th role="rowheader" scope="row">${stream.stream}</th>
${cell("State", html`<span class="state ${kind}">${words}</span>`, "of-state")}
${cell("Rows", rows === undefined ? NOTHING : count(rows), "amount")}
${cell("Newest row", newestMs === undefined ? NOTHING : instant(newestMs, nowMs))}
${cell("Last look", lookedMs === undefined ? NOTHING : instant(lookedMs, nowMs))}
${cell("Next look", nextLook(stream, nowMs))}
</tr>`;
}

/** The state of a stream: its class in the stylesheet, and its words. */
function stateOf({ failure, backfill, status, waiting }: StreamOverview): [kind: string, words: string] {
  if (failure) return ["failed", "Failed"];
  if (backfill) return ["busy", `Backfill, ${backfill.percent} %`];
  if (status === "waiting") return ["busy", `Waits for ${waiting?.because ?? "Aircall"}`];
  if (status === "working") return ["busy", "Being read"];
  return waiting ? ["well", "Up to date"] : ["well", "Waits for events"];
}

function nextLook({ status, waiting }: StreamOverview, nowMs: number) {
  if (status === "working") return "now";
  return waiting ? instant(waiting.untilMs, nowMs) : NOTHING;
}
