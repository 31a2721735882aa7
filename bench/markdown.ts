/** A table whose first column is text and whose others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** The first table below a heading; empty when there is none. */
export function tableBelow(markdown: string, heading: string): string {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => line.replace(/^#+ /, "") === heading);
  if (start < 0) return "";
  const first = lines.findIndex((line, index) => index > start && line.startsWith("|"));
  if (first < 0) return "";
  const end = lines.findIndex((line, index) => index > first && !line.startsWith("|"));
  return lines.slice(first, end < 0 ? lines.length : end).join("\n");
}

/** The text with what stands between two comments of a name replaced. Throws when they are not there. */
export function withPart(markdown: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = markdown.indexOf(begin);
  const to = markdown.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the text lacks "${begin}" or "${end}"`);
  return `${markdown.slice(0, from + begin.length)}\n${part}\n${markdown.slice(to)}`;
}
