/** The few shapes that the charts of the benchmarks are made of, as SVG text. Lengths are in pixels. */

/** A whole picture on white ground. */
export function svgDocument(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="DejaVu Sans, Verdana, sans-serif">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

/** Its upper left corner is at the place. */
export function square(x: number, y: number, color: string, size = 12): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${size}" height="${size}" fill="${color}"/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, color: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${color}"/>`;
}

interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
  readonly anchor?: "middle" | "end";
  readonly color?: string;
}

export function text(x: number, y: number, words: string, style: TextStyle): string {
  const { size, bold = false, anchor = "start", color = "#222222" } = style;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" font-weight="${bold ? "bold" : "normal"}" text-anchor="${anchor}" fill="${color}">${words}</text>`;
}

/** To a tenth of a pixel. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
