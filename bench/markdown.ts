/** A Markdown table whose first column is text and whose other columns are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** Replaces the text between the comments `<!-- name -->` and `<!-- end of name -->`. Throws when they are missing. */
export function withPart(markdown: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = markdown.indexOf(begin);
  const to = markdown.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the text lacks "${begin}" or "${end}"`);
  return `${markdown.slice(0, from + begin.length)}\n${part}\n${markdown.slice(to)}`;
}
