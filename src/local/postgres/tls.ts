import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { StoreError } from "../../errors.ts";
import type { Parameters } from "./address.ts";

/** How a connection is encrypted. */
export interface Tls {
  /** Whether a server that does not encrypt is accepted. */
  readonly isOptional: boolean;
  /** `undefined` for a connection that is not encrypted. */
  readonly options: ConnectionOptions | undefined;
}

const NONE: Tls = { isOptional: true, options: undefined };

/**
 * What libpq does for `sslmode`, which is `prefer` by default. Throws a `StoreError` if the mode is not supported, or a
 * file cannot be read.
 * Source: https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export function tlsFor(host: string, parameters: Parameters, home: string | undefined): Tls {
  const { sslmode: mode = "prefer", sslcert, sslkey } = parameters;
  if (!MODES.includes(mode))
    throw new StoreError(`The sslmode ${mode} is not supported. Supported are ${MODES.join(", ")}.`);
  if (mode === "disable" || host.startsWith("/")) return NONE;
  const client = {
    ...(sslcert && { cert: contentOf(sslcert, "sslcert") }),
    ...(sslkey && { key: contentOf(sslkey, "sslkey") }),
  };
  const ca = rootCertificate(parameters.sslrootcert, home);
  if (mode === "verify-full") return { isOptional: false, options: { ...client, ...(ca && { ca }) } };
  if (mode === "verify-ca" && ca === undefined)
    throw new StoreError(
      "The sslmode verify-ca needs the certificate of an authority. Name its file with sslrootcert, or use verify-full.",
    );
  if (mode !== "prefer" && ca !== undefined)
    return { isOptional: false, options: { ...client, ca, checkServerIdentity: () => undefined } };
  return { isOptional: mode === "prefer", options: { ...client, rejectUnauthorized: false } };
}

const MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"];

/** The authority that is trusted in the place of those that Node trusts; `undefined` for these. */
function rootCertificate(path: string | undefined, home: string | undefined): string | undefined {
  if (path === "system") return undefined;
  if (path !== undefined) return contentOf(path, "sslrootcert");
  const usual = home && join(home, ".postgresql", "root.crt");
  return usual && existsSync(usual) ? contentOf(usual, "sslrootcert") : undefined;
}

function contentOf(path: string, parameter: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new StoreError(`The file ${path} of ${parameter} cannot be read. Correct its path or its rights.`, {
      cause,
    });
  }
}
