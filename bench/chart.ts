import { count, percent } from "./day/units.ts";
import type { Output } from "./measure/captures.ts";
import { documentsPerSecond, medianOf, OUTPUTS, type Results } from "./results.ts";
import { line, round, square, svgDocument, text } from "./svg.ts";

const TITLE = "What a capture of calls takes";
const WIDTH = 1000;
const HEIGHT = 720;
const PANEL = { width: 380, height: 220, left: 90, top: 130, stepX: 500, stepY: 320 };

const OUTPUT_NAMES: Record<Output, string> = { flow: "to standard output, for Flow", duckdb: "into DuckDB" };
const COLORS = { flow: "#0072b2", duckdb: "#d55e00", other: "#666666" };

/** Memory over work, rates, what the work consists of, and captures side by side, as an SVG document. */
export function benchmarkChart(results: Results): string {
  const panels = [memoryPanel(results), ratePanel(results), profilePanel(results), sideBySidePanel(results)];
  return svgDocument(WIDTH, HEIGHT, TITLE, [
    text(20, 34, TITLE, { size: 20, bold: true }),
    text(
      20,
      58,
      `Against an emulator on the same machine: ${results.machine.cores} × ${results.machine.cpu}`,
      {
        size: 13,
      },
    ),
    ...OUTPUTS.map((output, index) => legendEntry(20 + index * 260, output)),
    ...panels.map((parts, index) => {
      const left = PANEL.left + (index % 2) * PANEL.stepX;
      const top = PANEL.top + Math.floor(index / 2) * PANEL.stepY;
      return `<g transform="translate(${left} ${top})">\n${parts.join("\n")}\n</g>`;
    }),
  ]);
}

function legendEntry(x: number, output: Output): string {
  return `${square(x, 74, COLORS[output])}\n${text(x + 18, 85, OUTPUT_NAMES[output], { size: 13 })}`;
}

/** The memory of the last run of the largest account. */
function memoryPanel({ captures }: Results): string[] {
  const largest = captures.at(-1);
  const curves = OUTPUTS.map((output) => ({ output, points: largest?.[output].at(-1)?.memory ?? [] }));
  const all = curves.flatMap(({ points }) => points);
  const mostMiB = niceCeiling(Math.max(1, ...all.map(({ residentMiB }) => residentMiB)));
  const mostDocuments = Math.max(1, ...all.map(({ documents }) => documents));
  return [
    title("Memory over documents captured, MiB"),
    ...valueAxis(mostMiB, (value) => count(value)),
    ...[0, 0.5, 1].map((share) =>
      text(share * PANEL.width, PANEL.height + 18, count(Math.round(share * mostDocuments)), {
        size: 11,
        anchor: "middle",
      }),
    ),
    ...curves.map(({ output, points }) => {
      const at = points.map(
        ({ documents, residentMiB }) =>
          `${round((documents / mostDocuments) * PANEL.width)},${round(yOf(residentMiB, mostMiB))}`,
      );
      return `<polyline points="${at.join(" ")}" fill="none" stroke="${COLORS[output]}" stroke-width="2"/>`;
    }),
  ];
}

function ratePanel({ captures }: Results): string[] {
  const groups = captures.map((account) => ({
    label: `${count(account.calls)} calls`,
    bars: OUTPUTS.map((output) => ({
      color: COLORS[output],
      value: medianOf(account[output], documentsPerSecond) ?? 0,
    })),
  }));
  return [title("Documents a second"), ...bars(groups, (value) => count(Math.round(value)))];
}

function sideBySidePanel({ sideBySide }: Results): string[] {
  const groups = sideBySide.map(({ captures, memoryMiB }) => ({
    label: captures === 1 ? "1 capture" : `${captures} captures`,
    bars: [{ color: COLORS.flow, value: (memoryMiB ?? 0) / captures }],
  }));
  return [title("MiB that each capture takes, side by side"), ...bars(groups, (value) => value.toFixed(0))];
}

const PROFILE_ROWS = 9;

function profilePanel({ profile }: Results): string[] {
  const rows = profile.modules.slice(0, PROFILE_ROWS);
  const most = rows[0]?.share ?? 1;
  const [left, step] = [170, PANEL.height / PROFILE_ROWS];
  return [
    title("Where a Flow session spends its CPU time"),
    ...rows.flatMap(({ name, share }, index) => {
      const width = round((share / most) * (PANEL.width - left - 50));
      const y = index * step;
      return [
        text(left - 8, y + step / 2 + 4, name, { size: 11, anchor: "end" }),
        `<rect x="${left}" y="${round(y + 3)}" width="${width}" height="${round(step - 6)}" fill="${COLORS.other}"/>`,
        text(left + width + 6, y + step / 2 + 4, percent(share, 1), { size: 11 }),
      ];
    }),
  ];
}

interface Group {
  readonly label: string;
  readonly bars: readonly { readonly color: string; readonly value: number }[];
}

function bars(groups: readonly Group[], label: (value: number) => string): string[] {
  const most = niceCeiling(Math.max(1, ...groups.flatMap((group) => group.bars.map(({ value }) => value))));
  const groupWidth = PANEL.width / groups.length;
  return [
    ...valueAxis(most, label),
    ...groups.flatMap((group, index) => {
      const width = Math.min(48, (groupWidth * 0.7) / group.bars.length);
      const middle = (index + 0.5) * groupWidth;
      const left = middle - (width * group.bars.length) / 2;
      return [
        text(middle, PANEL.height + 18, group.label, { size: 11, anchor: "middle" }),
        ...group.bars.flatMap(({ color, value }, place) =>
          bar(left + place * width, width, value, most, color, label),
        ),
      ];
    }),
  ];
}

function bar(
  x: number,
  width: number,
  value: number,
  most: number,
  color: string,
  label: (value: number) => string,
): string[] {
  const y = yOf(value, most);
  return [
    `<rect x="${round(x + 1)}" y="${round(y)}" width="${round(width - 2)}" height="${round(PANEL.height - y)}" fill="${color}"/>`,
    text(x + width / 2, y - 5, label(value), { size: 11, anchor: "middle" }),
  ];
}

function valueAxis(most: number, label: (value: number) => string): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = yOf(share * most, most);
    const color = share === 0 ? "#444444" : "#dddddd";
    return `${line(0, y, PANEL.width, y, color)}\n${text(-8, y + 4, label(share * most), { size: 11, anchor: "end" })}`;
  });
}

function title(words: string): string {
  return text(-PANEL.left + 20, -16, words, { size: 14, bold: true });
}

function yOf(value: number, most: number): number {
  return round(PANEL.height * (1 - value / most));
}

/** The least of 1, 2, 4 or 8 times a power of ten that is not below the value. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 8, 10].map((factor) => factor * power).find((nice) => nice >= value) ?? 10 * power;
}
