import pg from "pg";

/** A name as PostgreSQL reads it back unchanged. It must not be empty, must not hold U+0000, and must be short enough. */
export function quoteName(name: string): string {
  return pg.escapeIdentifier(name);
}

export function quoteText(text: string): string {
  return pg.escapeLiteral(text);
}

/** A table of a schema. */
export function quoteTable(schema: string, table: string): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}

/** The message of an error, without what follows on later lines. */
export function firstLine(error: unknown): string {
  const message =
    error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
  return message.split("\n", 1)[0] ?? "";
}
