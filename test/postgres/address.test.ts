import { describe, expect, it } from "vitest";
import {
  addressProblem,
  isServerAddress,
  parseAddress,
  schemaProblem,
} from "../../src/local/postgres/address.ts";

describe("an address", () => {
  it.each([
    [
      "postgres://ada@db.example.com:5433/crm",
      { user: "ada", host: "db.example.com", port: "5433", dbname: "crm" },
    ],
    ["postgresql://localhost", { host: "localhost" }],
    ["postgres://", {}],
    [
      "postgres:///crm?host=/var/run/postgresql&port=5433",
      { dbname: "crm", host: "/var/run/postgresql", port: "5433" },
    ],
    ["postgres://ada@%2Fvar%2Frun/crm", { user: "ada", host: "/var/run", dbname: "crm" }],
    ["postgres://ada@/crm", { user: "ada", dbname: "crm" }],
    ["postgres://[::1]:5432/crm", { host: "::1", port: "5432", dbname: "crm" }],
    ["postgres://a%40b@h/c%2Fd", { user: "a@b", host: "h", dbname: "c/d" }],
    [
      "postgres://h/d?sslmode=verify-full&sslrootcert=/a%20b.crt&user=ada&dbname=e",
      { host: "h", dbname: "e", user: "ada", sslmode: "verify-full", sslrootcert: "/a b.crt" },
    ],
    ["POSTGRES://h?service=crm&connect_timeout=3", { host: "h", service: "crm", connect_timeout: "3" }],
  ])("%s is read as libpq reads it", (address, parameters) => {
    expect(isServerAddress(address)).toBe(true);
    expect(parseAddress(address)).toEqual(parameters);
  });

  it.each([
    "postgres://ada:s3cret@h/d",
    "postgres://ada:s3cr@et@h/d",
    "postgres://ada:s3c/ret@h/d",
    "postgres://ada:12?s3cret@h/d",
    "postgres://:s3cret@h/d",
    "postgres://h/d?password=s3cret",
    "postgres://ada:s%33cret@h/d",
    "postgres://ada:s3cret#x@h/d",
  ])("%s is refused for its password, which is not repeated", (address) => {
    const problem = addressProblem(address) ?? "";
    expect(problem).toMatch(/^The address has a password in it, .*PGPASSWORD, .*\.$/);
    expect(problem).not.toMatch(/s3c|cret/);
  });

  it.each([
    ["postgres://h:port/d", /port that is not a number/],
    ["postgres://h:0/d", /port that is not a number from 1 to 65535/],
    ["postgres://h/d?port=70000", /from 1 to 65535/],
    ["postgres://one,two/d", /several hosts\. Name one/],
    [
      "postgres://h/d?target_session_attrs=any",
      /parameter target_session_attrs .* is not supported\. Supported are .*sslmode/,
    ],
    ["postgres://h/%zz", /Write %25/],
    ["postgres://h/d%00", /a character that no name can have/],
    ["postgres://h/d#top", /not of the form postgres:\/\//],
  ])("%s is refused in a sentence", (address, sentence) => {
    expect(addressProblem(address)).toMatch(sentence);
  });

  it.each(["aircall.duckdb", "postgres:aircall", "./postgres://h", "mysql://h/d"])("is not %s", (target) => {
    expect(isServerAddress(target)).toBe(false);
  });
});

describe("the name of a schema", () => {
  it.each(["aircall", "Air Call", 'a"b', "é".repeat(31)])("may be %s", (name) => {
    expect(schemaProblem(name)).toBeUndefined();
  });

  it.each([
    ["", /empty/],
    ["é".repeat(32), /63 bytes/],
    ["pg_aircall", /for itself/],
    ["information_schema", /for itself/],
    ["a\0b", /cannot have/],
    ["\uD800", /cannot have/],
  ])("may not be %j", (name, sentence) => {
    expect(schemaProblem(name)).toMatch(sentence);
  });
});
