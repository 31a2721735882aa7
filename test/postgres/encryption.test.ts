import { describe, expect, it } from "vitest";
import { openTarget } from "../support/open-target.ts";
import { CERTIFICATE_FILE, hasPostgres, newSchema, port, runPostgres } from "../support/postgres.ts";
import { startProxy } from "../support/postgres-proxy.ts";
import { CALLS } from "../support/stored-calls.ts";

const OPTIONS = { tables: [CALLS], source: "emulator" };

/** Whether the connection of a capture to the address is encrypted, or why it cannot be made. */
async function encryption(address: string, env: Record<string, string> = {}): Promise<boolean | string> {
  const application = `encryption-${newSchema()}`;
  const target = `${address}&application_name=${application}#${newSchema()}`;
  const store = await openTarget(target, OPTIONS, { env }).catch((error: Error) => error.message);
  if (typeof store === "string") return store;
  const [row] = await runPostgres(
    "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = $1",
    [application],
  );
  await store.close();
  return row?.ssl as boolean;
}

const at = (host: string, parameters = "") => `postgres://capture@${host}:${port}/postgres?${parameters}`;

describe.runIf(hasPostgres)("a connection is encrypted", () => {
  it.each([
    ["by default where the server encrypts", "127.0.0.1", "", true],
    ["with sslmode=prefer", "127.0.0.1", "sslmode=prefer", true],
    ["with sslmode=require, by any certificate", "127.0.0.1", "sslmode=require", true],
    [
      "with sslmode=verify-full and its authority",
      "127.0.0.1",
      `sslmode=verify-full&sslrootcert=${CERTIFICATE_FILE}`,
      true,
    ],
    [
      "with sslmode=verify-ca, whatever the host is called",
      "localhost",
      `sslmode=verify-ca&sslrootcert=${CERTIFICATE_FILE}`,
      true,
    ],
    ["but not with sslmode=disable", "127.0.0.1", "sslmode=disable", false],
  ])("%s", async (_, host, parameters, isEncrypted) => {
    expect(await encryption(at(host, parameters))).toBe(isEncrypted);
  });

  it("as PGSSLMODE asks, where the address does not", async () => {
    expect(await encryption(at("127.0.0.1"), { PGSSLMODE: "disable" })).toBe(false);
  });

  it.each([
    [
      "unknown authority",
      "127.0.0.1",
      "sslmode=verify-full",
      /cannot be opened \(self[- ]signed certificate.*\); name the certificate of its authority with sslrootcert\.$/,
    ],
    [
      "certificate of another host",
      "localhost",
      `sslmode=verify-full&sslrootcert=${CERTIFICATE_FILE}`,
      /cannot be opened \(Hostname\/IP does not match .*\); connect by the host that the certificate names\.$/,
    ],
    [
      "authority that is not named",
      "127.0.0.1",
      "sslmode=verify-ca",
      /^The sslmode verify-ca needs the certificate of an authority\. Name its file with sslrootcert, or use verify-full\.$/,
    ],
    [
      "file that is not there",
      "127.0.0.1",
      "sslmode=require&sslrootcert=/nowhere.crt",
      /^The file \/nowhere\.crt of sslrootcert cannot be read\./,
    ],
  ])("or refused, in a sentence, for an %s", async (_, host, parameters, sentence) => {
    expect(await encryption(at(host, parameters))).toMatch(sentence);
  });

  it("or not, where the server does not encrypt, unless it is required", async () => {
    const { address } = await startProxy();
    expect(await encryption(`${address}?`)).toBe(false);
    expect(await encryption(`${address}?sslmode=require`)).toMatch(
      /cannot be opened \(The server does not support SSL connections\); let the server encrypt connections, or use sslmode=disable\.$/,
    );
  });
});
