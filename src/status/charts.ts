import { scaleBand, scaleLinear } from "d3-scale";
import { html } from "hono/html";
import { count } from "../shared/format.ts";
import type { Overview } from "./overview.ts";
import { DAYS } from "./readings.ts";
import { dayOf, hourOf, shortCount, weekdayOf } from "./words.ts";

const HOUR_MS = 3_600_000;
const HOURS_A_DAY = 24;

/** The hours that are shown, the present one included. */
const HOURS = 48;

/** In percent of the chart: bars stretch with the page, and texts keep their size. */
const LEFT = 11;
const TOP = 8;
const BOTTOM = 84;

/** How many marks the upright axis has, about. */
const TICKS = 3;

interface Bar {
  /** As a tooltip and a table name it. */
  readonly name: string;
  /** As the axis names it. */
  readonly label: string;
  readonly amount: number;
}

interface Chart {
  readonly id: string;
  readonly title: string;
  readonly span: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
  /** Every so many bars one has a label on the axis, counted from the last one. */
  readonly labelEvery: number;
}

/** The charted rows by day and by hour, drawn here: a page without scripts has them too. Nothing where they are not captured. */
export function charts(overview: Overview) {
  const { charted, streams } = overview;
  if (!streams.some(({ stream }) => stream === charted)) return "";
  const title = `${charted.charAt(0).toUpperCase()}${charted.slice(1)}`;
  return html`<section class="charts" aria-label="Charts">${chart({
    id: "by-day",
    title: `${title} a day`,
    span: `last ${DAYS} days, UTC`,
    unit: "Day",
    bars: barsByDay(overview),
    labelEvery: 7,
  })}${chart({
    id: "by-hour",
    title: `${title} an hour`,
    span: `last ${HOURS} hours, UTC`,
    unit: "Hour",
    bars: barsByHour(overview),
    labelEvery: 12,
  })}</section>`;
}

function barsByDay({ nowMs, rowsByHour }: Overview): Bar[] {
  const today = Math.floor(nowMs / HOUR_MS / HOURS_A_DAY);
  return numbers(today - DAYS + 1, DAYS).map((day) => {
    const dayMs = day * HOURS_A_DAY * HOUR_MS;
    const hours = numbers(day * HOURS_A_DAY, HOURS_A_DAY);
    const amount = hours.reduce((sum, hour) => sum + (rowsByHour.get(hour) ?? 0), 0);
    return { name: weekdayOf(dayMs), label: dayOf(dayMs), amount };
  });
}

function barsByHour({ nowMs, rowsByHour }: Overview): Bar[] {
  const now = Math.floor(nowMs / HOUR_MS);
  return numbers(now - HOURS + 1, HOURS).map((hour) => {
    const hourMs = hour * HOUR_MS;
    const label = hourOf(hourMs);
    return { name: `${weekdayOf(hourMs)} ${label}`, label, amount: rowsByHour.get(hour) ?? 0 };
  });
}

function chart({ id, title, span, unit, bars, labelEvery }: Chart) {
  const total = bars.reduce((sum, { amount }) => sum + amount, 0);
  const most = bars.reduce((best, bar) => (bar.amount > best.amount ? bar : best));
  const summary =
    total === 0 ? "none" : `${count(total)} altogether, most on ${most.name} with ${count(most.amount)}`;
  return html`<figure class="chart">
<figcaption><h3>${title}</h3><span class="quiet">${span}</span></figcaption>
<svg role="img" aria-label="${title}, ${span}: ${summary}" width="100%" height="180">${drawing(bars, labelEvery)}</svg>
<details id="${id}"><summary>${title} as a table</summary>
<table><thead><tr><th scope="col">${unit}</th><th scope="col" class="amount">${title.split(" ")[0]}</th></tr></thead><tbody>${bars
    .toReversed()
    .map(
      ({ name, amount }) =>
        html`<tr><th scope="row">${name}</th><td class="amount">${count(amount)}</td></tr>`,
    )}</tbody></table></details>
</figure>`;
}

function drawing(bars: readonly Bar[], labelEvery: number) {
  const most = Math.max(1, ...bars.map(({ amount }) => amount));
  const x = scaleBand(bars.keys(), [LEFT, 100]).paddingInner(0.25).paddingOuter(0.1);
  const y = scaleLinear([0, most], [BOTTOM, TOP]).nice(TICKS);
  const ticks = y.ticks(TICKS).filter(Number.isInteger);
  const left = (index: number) => x(index) ?? LEFT;
  return html`${ticks.map(
    (tick) =>
      html`<line class="grid" x1="${LEFT}%" x2="100%" y1="${y(tick)}%" y2="${y(tick)}%"/><text x="${LEFT - 1.5}%" y="${y(tick)}%" dy="0.35em" text-anchor="end">${shortCount(tick)}</text>`,
  )}${bars.map(
    ({ name, amount }, index) =>
      html`<rect x="${left(index)}%" y="${y(amount)}%" width="${x.bandwidth()}%" height="${BOTTOM - y(amount)}%"><title>${name}: ${count(amount)}</title></rect>`,
  )}${bars.map(({ label }, index) =>
    (bars.length - 1 - index) % labelEvery === 0
      ? html`<text x="${left(index) + x.bandwidth()}%" y="98%" text-anchor="end">${label}</text>`
      : "",
  )}`;
}

function numbers(first: number, length: number): number[] {
  return Array.from({ length }, (_, index) => first + index);
}
