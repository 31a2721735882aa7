import type { TopLevelSpec } from "vega-lite";
import { COLORS, TITLE } from "../chart.ts";
import { count } from "../format.ts";
import { KINDS, type Kind } from "./changes.ts";
import { requestsForCalls, WAYS } from "./report.ts";
import type { Results } from "./runs.ts";

const PANELS: readonly Kind[] = ["end", "asset", "archiving", "lateTag"];

/** The end of the scale of ages, where changes that are never captured are drawn. */
const NEVER_SECONDS = 120 * 86_400;

const AGES: readonly [seconds: number, label: string][] = [
  [1, "1 s"],
  [10, "10 s"],
  [60, "1 min"],
  [600, "10 min"],
  [3_600, "1 h"],
  [6 * 3_600, "6 h"],
  [86_400, "1 day"],
  [7 * 86_400, "7 days"],
  [30 * 86_400, "30 days"],
  [NEVER_SECONDS, "never"],
];

/** Of the same palettes. */
const MORE_COLORS = ["#e69f00", "#56b4e9", "#000000"];

const PERCENTILES = ["p50", "p95", "p99"] as const;

/** Staleness against requests, one panel for each of some kinds of change. */
export function dayChart(results: Results): TopLevelSpec {
  const label = AGES.map(([seconds, text]) => `datum.value === ${seconds} ? '${text}' : `).join("");
  return {
    title: {
      ...TITLE,
      text: `How old a change is when it is captured, on a day of ${count(results.listed?.callsOnDay ?? 0)} calls`,
      subtitle: [
        "Against the day's requests for calls; lower left is better. The two at the right use all of the quota.",
        "p99: 99 of 100 changes are captured at most so late.",
        "A change that is never captured counts as later than all others.",
      ],
    },
    background: "white",
    padding: 15,
    data: { values: points(results) },
    facet: {
      field: "kind",
      sort: PANELS.map((kind) => KINDS[kind]),
      title: null,
      header: { labelFontSize: 13, labelFontWeight: "bold" },
    },
    columns: 2,
    spec: {
      width: 400,
      height: 260,
      encoding: {
        x: {
          field: "requests",
          type: "quantitative",
          title: "requests for calls on the day",
          scale: { type: "log", domain: [100, 400_000] },
          axis: { values: [100, 1_000, 10_000, 100_000], format: "," },
        },
        y: {
          field: "seconds",
          type: "quantitative",
          title: "age at capture",
          scale: { type: "log", domain: [1, NEVER_SECONDS] },
          axis: { values: AGES.map(([seconds]) => seconds), labelExpr: `${label}''` },
        },
        color: {
          field: "way",
          sort: null,
          title: null,
          scale: { range: [...COLORS, ...MORE_COLORS] },
          legend: { orient: "top", labelLimit: 300, columns: 3 },
        },
      },
      layer: [
        { mark: { type: "line", xOffset: { expr: "datum.asidePx" } } },
        {
          mark: { type: "point", size: 90, opacity: 1, xOffset: { expr: "datum.asidePx" } },
          encoding: { shape: { field: "percentile", title: null, legend: { orient: "bottom" } } },
        },
      ],
    },
  };
}

function points(results: Results) {
  return PANELS.flatMap((kind) =>
    WAYS.flatMap(([run, way]) => {
      const result = results[run];
      const found = result?.staleness.find((staleness) => staleness.kind === kind);
      if (!result || !found) return [];
      return PERCENTILES.map((percentile) => ({
        kind: KINDS[kind],
        way,
        percentile,
        requests: requestsForCalls(result),
        seconds: found[`${percentile}Seconds`] ?? NEVER_SECONDS,
        // These two have equal numbers of requests, and would hide each other.
        asidePx: run === "week" ? -7 : run === "everything" ? 7 : 0,
      }));
    }),
  );
}
