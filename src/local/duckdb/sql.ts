/** A name as DuckDB reads it back unchanged. It must not be empty and must not hold U+0000. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A stream's table, wherever the connection's search path leads. */
export function quoteTable(table: string): string {
  return `main.${quoteName(table)}`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** DuckDB's message, without the advice and the stack that follow on later lines. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? "";
}
