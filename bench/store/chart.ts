import type { TopLevelSpec } from "vega-lite";
import { COLORS, TITLE } from "../chart.ts";
import type { Machine } from "../support.ts";
import type { Rates } from "./rates.ts";

/** How many calls a second each store takes. */
export function storeChart(rates: readonly Rates[], { cores, cpu }: Machine): TopLevelSpec {
  const values = rates.flatMap(({ store, newPerSecond, changedPerSecond }) => [
    { store, kind: "new calls", rate: Math.round(newPerSecond) },
    { store, kind: "changed calls", rate: Math.round(changedPerSecond) },
  ]);
  return {
    title: {
      ...TITLE,
      text: "Calls a second that a store takes",
      subtitle: `On ${cores} × ${cpu}, with the server on the same machine`,
    },
    background: "white",
    padding: 15,
    width: 320,
    height: 220,
    data: { values },
    encoding: {
      x: { field: "kind", sort: null, title: null, axis: { labelAngle: 0 } },
      xOffset: { field: "store", sort: null },
      y: { field: "rate", type: "quantitative", title: null, scale: { nice: 4 } },
    },
    layer: [
      {
        mark: "bar",
        encoding: { color: { field: "store", title: null, sort: null, scale: { range: COLORS } } },
      },
      {
        mark: { type: "text", dy: -6, fontSize: 10 },
        encoding: { text: { field: "rate", type: "quantitative", format: "," } },
      },
    ],
  };
}
