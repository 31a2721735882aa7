import { line, round, square, svgDocument, text } from "../svg.ts";
import { KINDS, type Kind } from "./changes.ts";
import { POLICIES } from "./policies.ts";
import { type Results, requestsForCalls } from "./report.ts";
import type { RunName } from "./runs.ts";
import { count } from "./units.ts";

interface Series {
  readonly run: RunName;
  readonly title: string;
  readonly color: string;
  /** Moves marks aside, so that those of policies with as many requests do not hide each other. */
  readonly asidePx: number;
}

const SERIES: readonly Series[] = [
  { run: "listed", title: "this connector", color: "#0072b2", asidePx: 0 },
  { run: "tail", title: POLICIES.tail.title, color: "#d55e00", asidePx: 0 },
  { run: "week", title: POLICIES.week.title, color: "#009e73", asidePx: -7 },
  { run: "everything", title: POLICIES.everything.title, color: "#aa4499", asidePx: 7 },
];

const PANELS: readonly Kind[] = ["end", "asset", "archiving", "lateTag"];

const WIDTH = 1000;
const HEIGHT = 930;
const PANEL = { width: 390, height: 300, left: 90, top: 156, stepX: 490, stepY: 385 };
/** Above the scale: what is never captured. */
const NEVER_BAND = 34;

const REQUEST_TICKS = [100, 1_000, 10_000, 100_000];
const REQUESTS = { least: 100, most: 400_000 };
const STALENESS = { least: 10, most: 40 * 86_400 };
const STALENESS_TICKS: readonly [seconds: number, label: string][] = [
  [10, "10 s"],
  [60, "1 min"],
  [600, "10 min"],
  [3_600, "1 h"],
  [6 * 3_600, "6 h"],
  [86_400, "1 day"],
  [7 * 86_400, "7 days"],
  [30 * 86_400, "30 days"],
];

const MARKS = ["p50", "p95", "p99"] as const;
type Mark = (typeof MARKS)[number];

const READING_HELP =
  "Against the day's requests for calls. Both scales are logarithmic; lower left is better. The two at the right use all of the quota.";

/** Staleness against requests, a panel for each of some kinds of change, as an SVG document. */
export function dayChart(results: Results): string {
  const day = count(results.listed?.callsOnDay ?? 0);
  const title = `How old a change is when it is captured, on a day of ${day} calls`;
  const parts = [
    text(20, 34, title, { size: 20, bold: true }),
    text(20, 58, READING_HELP, { size: 13 }),
    legend(),
    ...PANELS.map((kind, index) => panel(kind, index, results)),
  ];
  return svgDocument(WIDTH, HEIGHT, title, parts);
}

function legend(): string {
  let x = 20;
  const entries = SERIES.map(({ title, color }) => {
    const entry = `${square(x, 76, color)}\n${text(x + 18, 87, title, { size: 13 })}`;
    x += 46 + title.length * 7.6;
    return entry;
  });
  const marks = MARKS.map((name, index) => {
    const left = 20 + index * 90;
    return `${mark(name, left + 6, 112, "#444444")}\n${text(left + 18, 116, name, { size: 13 })}`;
  });
  const note =
    "p99: 99 of 100 changes are captured at most so late; a change that is never captured counts as later than all.";
  return [...entries, ...marks, text(300, 116, note, { size: 11, color: "#555555" })].join("\n");
}

function panel(kind: Kind, index: number, results: Results): string {
  const left = PANEL.left + (index % 2) * PANEL.stepX;
  const top = PANEL.top + Math.floor(index / 2) * PANEL.stepY;
  const parts = [
    text(0, -8, KINDS[kind], { size: 14, bold: true }),
    axes(),
    ...SERIES.map((series) => seriesMarks(series, kind, results)),
  ];
  return `<g transform="translate(${left} ${top})">\n${parts.join("\n")}\n</g>`;
}

function axes(): string {
  const { width, height } = PANEL;
  const rows = STALENESS_TICKS.map(([seconds, label]) => {
    const y = yOf(seconds);
    return `${line(0, y, width, y, "#dddddd")}\n${text(-8, y + 4, label, { size: 11, anchor: "end" })}`;
  });
  const columns = REQUEST_TICKS.map((requests) => {
    const x = xOf(requests);
    const label = text(x, height + 16, count(requests), { size: 11, anchor: "middle" });
    return `${line(x, NEVER_BAND, x, height, "#dddddd")}\n${label}`;
  });
  return [
    `<rect x="0" y="0" width="${width}" height="${NEVER_BAND - 8}" fill="#f3f3f3"/>`,
    text(-8, NEVER_BAND / 2, "never", { size: 11, anchor: "end" }),
    ...rows,
    ...columns,
    line(0, height, width, height, "#444444"),
    line(0, NEVER_BAND, 0, height, "#444444"),
    `<g transform="rotate(-90)">${text(-(height + NEVER_BAND) / 2, -66, "age at capture", { size: 12, anchor: "middle" })}</g>`,
    text(width / 2, height + 36, "requests for calls on the day", { size: 12, anchor: "middle" }),
  ].join("\n");
}

function seriesMarks({ run, color, asidePx }: Series, kind: Kind, results: Results): string {
  const result = results[run];
  const staleness = result?.staleness.find((found) => found.kind === kind);
  if (result === undefined || staleness === undefined) return "";
  const x = xOf(requestsForCalls(result)) + asidePx;
  const heights = MARKS.map((name) => yOf(staleness[`${name}Seconds`]));
  const span = `<line x1="${round(x)}" y1="${Math.max(...heights)}" x2="${round(x)}" y2="${Math.min(...heights)}" stroke="${color}" stroke-width="2"/>`;
  return [span, ...MARKS.map((name, index) => mark(name, x, heights[index] ?? 0, color))].join("\n");
}

function xOf(requests: number): number {
  return round(PANEL.width * shareOf(requests, REQUESTS));
}

function yOf(seconds: number | null): number {
  if (seconds === null) return NEVER_BAND / 2 - 4;
  const share = Math.min(1, Math.max(0, shareOf(seconds, STALENESS)));
  return round(PANEL.height - (PANEL.height - NEVER_BAND) * share);
}

function shareOf(value: number, { least, most }: { least: number; most: number }): number {
  return Math.log(value / least) / Math.log(most / least);
}

/** A circle, a square, a triangle. */
function mark(name: Mark, x: number, y: number, color: string): string {
  if (name === "p50") return `<circle cx="${round(x)}" cy="${round(y)}" r="5" fill="${color}"/>`;
  if (name === "p95") return square(x - 4.5, y - 4.5, color, 9);
  return `<path d="M${round(x)} ${round(y - 6)} l6 11 h-12 z" fill="${color}"/>`;
}
