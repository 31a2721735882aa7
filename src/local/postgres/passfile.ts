import { readFile, stat } from "node:fs/promises";
import { StoreError } from "../../errors.ts";

/** What a line of a passfile has to match. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** The rights of the group and of others. */
const OTHERS = 0o077;

/**
 * The password of the first line that matches the login; `undefined` if no line matches, or the file does not exist. Throws a `StoreError` if
 * others may read the file.
 * Source: https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export async function passwordIn(path: string, login: Login): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  if (process.platform !== "win32" && (found.mode & OTHERS) !== 0)
    throw new StoreError(
      `The passfile ${path} may be read by others. Run "chmod 600 ${path}" and try again.`,
    );
  const lines = (await readFile(path, "utf8")).split(/\r?\n/);
  const entries = lines.filter((line) => line !== "" && !line.startsWith("#")).map(fieldsOf);
  return entries.find((fields) => matches(fields, login))?.[4];
}

/** A backslash keeps the colon or the backslash after it. The password is the rest of the line. */
function fieldsOf(line: string): string[] {
  const match = /^((?:\\.|[^\\:])*):((?:\\.|[^\\:])*):((?:\\.|[^\\:])*):((?:\\.|[^\\:])*):(.*)$/s.exec(line);
  return (match?.slice(1) ?? []).map((field) => field.replace(/\\(.)/gs, "$1"));
}

function matches([host, port, database, user, password]: readonly string[], login: Login): boolean {
  const hosts = login.host.startsWith("/") ? [login.host, "localhost"] : [login.host];
  return (
    password !== undefined &&
    (host === "*" || hosts.includes(host ?? "")) &&
    (port === "*" || port === String(login.port)) &&
    (database === "*" || database === login.database) &&
    (user === "*" || user === login.user)
  );
}
