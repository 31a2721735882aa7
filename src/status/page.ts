import { html } from "hono/html";
import { backfillText } from "../shared/backfills.ts";
import { count, counted, duration } from "../shared/format.ts";
import { visible } from "../shared/visible.ts";
import { charts } from "./charts.ts";
import { instant } from "./instant.ts";
import type { Failure, Overview, StreamOverview } from "./overview.ts";
import { streamsTable } from "./streams-table.ts";

/** How often a browser without scripts loads the page again. */
const REFRESH_SECONDS = 30;

/** A page says when the rows were counted if that is longer ago: the store is slow, or cannot be reached. */
const OLD_MS = 60_000;

/** The page, whole: every text that is not of this file is escaped by `html`. */
export function page(overview: Overview) {
  const { nowMs, streams, target } = overview;
  const state = stateOf(overview);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${state.words} – source-aircall</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<script src="script.js" defer></script>
<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>
</head>
<body>
<header>
<h1>source-aircall</h1>
<p class="quiet target">captures into ${visible(target)}</p>
</header>
<main id="main">
<p class="verdict ${state.kind}">${state.words}</p>
${problems(overview)}
${figures(overview)}
${charts(overview)}
${backfills(streams)}
<section aria-labelledby="streams"><h2 id="streams">Streams</h2>${streamsTable(streams, nowMs)}</section>
${asOf(overview)}
</main>
<footer><nav aria-label="For programs"><a href="healthz">healthz</a> <a href="metrics">metrics</a></nav><p id="connection" role="status"></p></footer>
</body>
</html>`;
}

function asOf({ nowMs, startedMs, storeReadMs }: Overview) {
  const now = new Date(nowMs);
  return html`<p class="quiet">As of <time id="as-of" datetime="${now.toISOString()}">${now.toUTCString().replace("GMT", "UTC")}</time>; running for ${duration(nowMs - startedMs)}. ${ageOfRows(storeReadMs, nowMs)}</p>`;
}

function ageOfRows(storeReadMs: number | undefined, nowMs: number) {
  if (storeReadMs === undefined) return "The rows have not been counted yet.";
  return nowMs > storeReadMs + OLD_MS ? html`The rows were counted ${instant(storeReadMs, nowMs)}.` : "";
}

function stateOf({ streams }: Overview): { kind: string; words: string } {
  const failed = streams.filter(({ failure }) => failure).length;
  if (failed > 0) return { kind: "failed", words: `${counted(failed, "stream")} failed` };
  const backfilled = streams.filter(({ backfill }) => backfill).length;
  if (backfilled > 0) return { kind: "busy", words: `${counted(backfilled, "backfill")} under way` };
  return { kind: "well", words: "All streams are well" };
}

function problems({ streams, storeProblem, nowMs }: Overview) {
  const failed = streams.flatMap(({ failure, ...stream }) => (failure ? [{ ...stream, failure }] : []));
  if (failed.length === 0 && storeProblem === undefined) return "";
  return html`<section class="problems" aria-labelledby="problems"><h2 id="problems">What to look at</h2>
${storeProblem === undefined ? "" : html`<article><h3>Rows</h3><p>${visible(storeProblem)} The figures of rows are from before.</p></article>`}
${failed.map(
  ({ stream, failure, waiting }) => html`<article><h3>${stream}</h3>
<p>${visible(failure.message)}</p>
<p class="quiet">First failed ${instant(failure.sinceMs, nowMs)}. ${whatToDo(failure)}${waiting ? html` The stream is read again ${instant(waiting.untilMs, nowMs)}.` : ""}</p></article>`,
)}
</section>`;
}

function whatToDo({ mayPass }: Failure): string {
  return mayPass
    ? "This may pass by itself; look into it if it does not."
    : "This needs somebody to act. docs/faults.md lists the faults and what to do.";
}

function figures({ streams, quota, events, nowMs, startedMs }: Overview) {
  const rows = streams.reduce((sum, stream) => sum + (stream.rows ?? 0), 0);
  const changes = streams.reduce((sum, { documents, deletions }) => sum + documents + deletions, 0);
  return html`<section aria-labelledby="figures"><h2 id="figures" class="unseen">Figures</h2><dl class="figures">
<div><dt>Rows</dt><dd>${count(rows)}</dd></div>
<div><dt>Captured in this run</dt><dd>${count(changes)}</dd><dd class="quiet">in ${duration(nowMs - startedMs)}</dd></div>
${quota === undefined ? "" : quotaFigure(quota)}
${events === undefined ? "" : html`<div><dt>Events taken</dt><dd>${count(events.taken)}</dd></div>`}
</dl>${events?.status === undefined ? "" : html`<p class="quiet">${visible(events.status)}</p>`}</section>`;
}

function quotaFigure({ sentRequests, allowedRequests, blockedForMs }: NonNullable<Overview["quota"]>) {
  const most = Math.max(allowedRequests, sentRequests, 1);
  return html`<div><dt id="quota">Requests in the last minute</dt>
<dd>${count(sentRequests)} <small>of ${count(allowedRequests)}</small></dd>
<dd><meter min="0" max="${most}" value="${sentRequests}" aria-labelledby="quota">${sentRequests} of ${allowedRequests}</meter></dd>
${blockedForMs > 0 ? html`<dd class="quiet">Aircall refuses all requests for another ${duration(blockedForMs)}.</dd>` : ""}</div>`;
}

function backfills(streams: readonly StreamOverview[]) {
  const underWay = streams.flatMap(({ stream, backfill }) => (backfill ? [{ stream, backfill }] : []));
  if (underWay.length === 0) return "";
  return html`<section aria-labelledby="backfills"><h2 id="backfills">Backfills</h2><div class="backfills">${underWay.map(
    ({ stream, backfill }) => html`<div class="backfill">
<label for="backfill-${stream}">${stream}</label>
<progress id="backfill-${stream}" max="100" value="${backfill.percent}">${backfill.percent} %</progress>
<p class="quiet">${backfillText(backfill)}</p></div>`,
  )}</div></section>`;
}
