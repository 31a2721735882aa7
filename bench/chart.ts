import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { count, OUTPUT_NAMES } from "./format.ts";
import { documentsPerSecond, medianOf, OUTPUTS, type Results } from "./results.ts";

/** Of the palette by Okabe and Ito, which people with any color vision can tell apart, and Paul Tol's purple. */
export const COLORS = ["#0072b2", "#d55e00", "#009e73", "#aa4499"];

export const TITLE = { anchor: "start", fontSize: 16, offset: 12 } as const;
const PANEL_TITLE = { anchor: "start", fontSize: 12 } as const;

/** Draws a chart as an SVG document. */
export function svgOf(chart: TopLevelSpec): Promise<string> {
  return new View(parse(compile(chart).spec), { renderer: "none" }).toSVG();
}

/** Memory over documents captured, rates, and memory of captures side by side. */
export function benchmarkChart({ machine, captures, sideBySide }: Results): TopLevelSpec {
  const color = { field: "output", title: "capture to", sort: null, scale: { range: COLORS } };
  const bars = (x: string, y: string, title: string) => ({
    x: { field: x, sort: null, title, axis: { labelAngle: 0 } },
    y: { field: y, type: "quantitative" as const, title: null, scale: { nice: 4 } },
  });
  const labels = (field: string) => ({
    mark: { type: "text" as const, dy: -6, fontSize: 10 },
    encoding: { text: { field, type: "quantitative" as const, format: "," } },
  });
  return {
    title: {
      ...TITLE,
      text: "What a capture of calls takes",
      subtitle: `Against an emulator on the same machine: ${machine.cores} × ${machine.cpu}`,
    },
    background: "white",
    padding: 15,
    spacing: 30,
    config: { legend: { orient: "bottom", titleOrient: "left" } },
    hconcat: [
      {
        title: { ...PANEL_TITLE, text: "MiB of memory over documents captured" },
        width: 270,
        data: {
          values: OUTPUTS.flatMap((output) =>
            (captures.at(-1)?.[output].at(-1)?.memory ?? []).map((point) => ({
              ...point,
              output: OUTPUT_NAMES[output],
            })),
          ),
        },
        mark: { type: "line", strokeWidth: 1.5 },
        encoding: {
          x: { field: "documents", type: "quantitative", axis: { tickCount: 4 } },
          y: { field: "residentMiB", type: "quantitative", title: null },
          order: { field: "documents" },
          color,
        },
      },
      {
        title: { ...PANEL_TITLE, text: "Documents a second" },
        width: 270,
        data: {
          values: captures.flatMap((account) =>
            OUTPUTS.map((output) => ({
              calls: count(account.calls),
              output: OUTPUT_NAMES[output],
              rate: Math.round(medianOf(account[output], documentsPerSecond) ?? 0),
            })),
          ),
        },
        encoding: {
          ...bars("calls", "rate", "calls of the account"),
          xOffset: { field: "output", sort: null },
        },
        layer: [{ mark: "bar", encoding: { color } }, labels("rate")],
      },
      {
        title: { ...PANEL_TITLE, text: "MiB of each capture, side by side" },
        width: 170,
        data: {
          values: sideBySide.map((run) => ({
            captures: count(run.captures),
            output: OUTPUT_NAMES.flow,
            eachMiB: Math.round((run.memoryMiB ?? 0) / run.captures),
          })),
        },
        encoding: bars("captures", "eachMiB", "captures"),
        layer: [{ mark: "bar", encoding: { color } }, labels("eachMiB")],
      },
    ],
  };
}
