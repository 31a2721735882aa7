import pg from "pg";
import { StoreError } from "../../errors.ts";
import { firstLine } from "./sql.ts";

const READ_ONLY = "25006";

/** What PostgreSQL reports by its codes, and what a person should do about it. */
const ADVICE: Readonly<Record<string, string>> = {
  "28P01": "correct the password in PGPASSWORD or the passfile",
  "28000": "correct the user, or let an administrator allow the connection in pg_hba.conf",
  "3D000": "create the database first, such as with createdb, or correct its name",
  "42501": "let an administrator grant the right",
  [READ_ONLY]: "use the address of the primary server",
  "53100": "free some disk space on the server",
  "53200": "give the server more memory",
  "53300": "close other connections or raise max_connections",
  "54000": "report it with the object of Aircall that is so large",
  "54011": "a table has at most 1,600 columns in PostgreSQL; capture into a DuckDB file",
  "55P03": "end the session that holds the lock, see pg_stat_activity",
  "57P03": "wait until the server has started",
  ECONNREFUSED: "start the server, or correct its host and port",
  ENOENT: "start the server, or correct the folder of its socket",
  ENOTFOUND: "correct the host",
  EACCES: "allow this user to use the socket",
  ERR_TLS_CERT_ALTNAME_INVALID: "connect by the host that the certificate names",
  DEPTH_ZERO_SELF_SIGNED_CERT: "name the certificate of its authority with sslrootcert",
  SELF_SIGNED_CERT_IN_CHAIN: "name the certificate of its authority with sslrootcert",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "name the certificate of its authority with sslrootcert",
  CERT_HAS_EXPIRED: "renew the certificate of the server, and check the clock of this machine",
};

/** What PostgreSQL cannot do. */
const FEATURE_NOT_SUPPORTED = "0A000";

/** Faults that pass by themselves: of locks and transactions, of a server that starts or is crowded. */
const PASSING = new Set(["40001", "40P01", "55P03", "53300"]);
const STARTING = "57P03";

/** With these, the server ends the connection. */
const ENDING = /^(08...|57P0[1-5]|25P03)$/;

/** A fault after which it is unknown whether the last statement took effect: the connection has ended, or could not be made. */
export function isLoss(cause: unknown): boolean {
  if (cause instanceof StoreError) return false;
  if (cause instanceof pg.DatabaseError) return ENDING.test(cause.code ?? "");
  const { message } = cause instanceof Error ? cause : { message: "" };
  return NETWORK_LOSSES.has(codeOf(cause) ?? "") || DRIVER_LOSSES.test(message);
}

const NETWORK_LOSSES = new Set([
  "EADDRNOTAVAIL",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOENT",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** What the driver reports of a server that does not encrypt. */
export const REFUSES_TLS = "The server does not support SSL connections";

const DRIVER_LOSSES =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|The server does not support SSL|There was an error establishing an SSL)/;

/** Whether the same work may succeed in a while. */
export function isPassing(cause: unknown): boolean {
  return isLoss(cause) || PASSING.has(codeOf(cause) ?? "");
}

/** Whether a server that was just asked for a connection will soon accept one. */
export function isStarting(cause: unknown): boolean {
  return codeOf(cause) === STARTING;
}

/** Whether the server, the network or the driver has reported it. Anything else is an error of this program, or has its sentence. */
export function isFault(cause: unknown): boolean {
  return cause instanceof pg.DatabaseError || isLoss(cause) || isTlsError(cause);
}

function isTlsError(cause: unknown): boolean {
  return cause instanceof Error && (codeOf(cause) ?? "") in ADVICE;
}

/** Whether a statement is for a column of another type. */
export function hasOtherType(cause: unknown): boolean {
  return ["42804", "42883"].includes(codeOf(cause) ?? "");
}

/** What happened and what to do, such as `cannot be opened (the reason); the advice`. */
export function faultText(what: string, cause: unknown): string {
  return `${what} (${reasonOf(cause)}); ${adviceFor(cause)}`;
}

function adviceFor(cause: unknown): string {
  if (cause instanceof Error && cause.message === REFUSES_TLS)
    return "let the server encrypt connections, or use sslmode=disable";
  const code = codeOf(cause);
  if (code === FEATURE_NOT_SUPPORTED)
    return firstLine(cause).endsWith("during recovery")
      ? (ADVICE[READ_ONLY] ?? "")
      : "drop what depends on the column, and create it again afterwards";
  return (code !== undefined && ADVICE[code]) || "fix the cause above";
}

function reasonOf(cause: unknown): string {
  const detail = cause instanceof pg.DatabaseError && cause.code === FEATURE_NOT_SUPPORTED && cause.detail;
  // A host with several addresses fails with an error for each.
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return detail ? `${firstLine(cause)}: ${detail}` : firstLine(first);
}

function codeOf(cause: unknown): string | undefined {
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}
