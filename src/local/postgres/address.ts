import { StoreError } from "../../errors.ts";

/** What an address, a service file or a variable may set, by libpq's names. A password is in none but the last two. */
export const PARAMETERS = [
  "application_name",
  "connect_timeout",
  "dbname",
  "host",
  "options",
  "passfile",
  "port",
  "service",
  "sslcert",
  "sslkey",
  "sslmode",
  "sslrootcert",
  "user",
] as const;

export type Parameter = (typeof PARAMETERS)[number];

export type Parameters = Readonly<Partial<Record<Parameter, string>>>;

const SCHEME = /^postgres(ql)?:\/\//i;
const ADDRESS = /^[a-z]+:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const HOST_AND_PORT = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::(\d*))?$/;

/** PostgreSQL cuts a longer name. */
export const LONGEST_NAME_BYTES = 63;

/** Whether a target is the address of a PostgreSQL database. */
export function isServerAddress(target: string): boolean {
  return SCHEME.test(target);
}

/** Why an address cannot be used, in a sentence that repeats no part of it that may be a secret; `undefined` where it can. */
export function addressProblem(address: string): string | undefined {
  try {
    parseAddress(address);
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
}

/** Why a schema cannot have the name, in a sentence; `undefined` where it can. */
export function schemaProblem(schema: string): string | undefined {
  if (schema === "") return "It is empty. Name a schema, such as aircall.";
  if (schema.includes("\0") || !schema.isWellFormed()) return "A schema cannot have that name.";
  if (Buffer.byteLength(schema) > LONGEST_NAME_BYTES)
    return `It is longer than the ${LONGEST_NAME_BYTES} bytes that PostgreSQL allows.`;
  if (/^pg_|^information_schema$/.test(schema)) return "PostgreSQL keeps that name for itself.";
  return undefined;
}

/** What an address such as `postgres://ada@db.example.com:5432/crm?sslmode=require` sets. Throws a `StoreError` with a sentence. */
export function parseAddress(address: string): Parameters {
  // Whatever its characters are, a password stands between a colon and an @.
  if (/:.*@/s.test(address.replace(SCHEME, ""))) throw new StoreError(PASSWORD_IN_ADDRESS);
  const match = ADDRESS.exec(address);
  if (match === null)
    throw new StoreError("The address is not of the form postgres://user@host:5432/database.");
  const [, user, place = "", database, query = ""] = match;
  return {
    ...parseHost(place),
    ...(user && { user: decoded(user) }),
    ...(database && { dbname: decoded(database) }),
    ...parseQuery(query),
  };
}

const PASSWORD_IN_ADDRESS =
  "The address has a password in it, which others can read on the command line. Leave it out, and set PGPASSWORD, or write it into the file ~/.pgpass. If it has none, write %40 for an @ behind a colon.";

function parseHost(place: string): Parameters {
  if (place.includes(",")) throw new StoreError("The address names several hosts. Name one.");
  const match = HOST_AND_PORT.exec(place);
  if (match === null) throw new StoreError("The address has a port that is not a number.");
  const [, ipv6, name = "", port] = match;
  const host = ipv6 ?? decoded(name);
  return { ...(host && { host }), ...(port && { port: checkedPort(port) }) };
}

function parseQuery(query: string): Parameters {
  const found: Partial<Record<Parameter, string>> = {};
  for (const part of query.split("&").filter((text) => text !== "")) {
    const [name = "", value = ""] = part.split(/=(.*)/s).map(decoded);
    if (name === "password") throw new StoreError(PASSWORD_IN_ADDRESS);
    if (!isParameter(name)) throw unknownParameter(name);
    if (name === "port") checkedPort(value);
    if (value !== "") found[name] = value;
  }
  return found;
}

export function isParameter(name: string): name is Parameter {
  return (PARAMETERS as readonly string[]).includes(name);
}

/** The name is repeated only if it can be one: it may be a part of a password with a `?` in it. */
function unknownParameter(name: string): StoreError {
  const which = /^[a-z_]+$/.test(name)
    ? `The parameter ${name} of the address`
    : "A parameter of the address";
  return new StoreError(`${which} is not supported. Supported are ${PARAMETERS.join(", ")}.`);
}

function checkedPort(text: string): string {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return text;
  throw new StoreError("The address has a port that is not a number from 1 to 65535.");
}

function decoded(text: string): string {
  let plain: string;
  try {
    plain = decodeURIComponent(text);
  } catch {
    throw new StoreError(
      "The address has a % without the code of a character. Write %25 for the character itself.",
    );
  }
  if (plain.includes("\0")) throw new StoreError("The address has a character that no name can have.");
  return plain;
}
