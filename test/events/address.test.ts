import { expect, test } from "vitest";
import { lastSegment, normalAddress } from "../../src/events/address.ts";
import { eventsAddress } from "../../src/events/index.ts";

const of = (url: string, id = "id-1", token = "token-1") => eventsAddress(url, id, token);

test.each([
  ["https://acme.test", "https://acme.test/"],
  ["https://acme.test/", "https://acme.test/"],
  ["https://acme.test:8443/some/prefix", "https://acme.test:8443/some/prefix/"],
  ["https://acme.test/some/prefix//", "https://acme.test/some/prefix/"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080/"],
])("the address of %s is that with a segment after its path", (url, start) => {
  expect(of(url).slice(0, start.length)).toBe(start);
  expect(of(url).slice(start.length)).toMatch(/^[0-9a-f]{40}$/);
});

test("the segment is the same each time and wherever the port is, and another for another key", () => {
  expect(of("https://acme.test")).toBe(of("https://acme.test"));
  expect(lastSegment(of("https://acme.test/prefix"))).toBe(lastSegment(of("https://other.test")));
  const segments = [
    of("https://a.test"),
    of("https://a.test", "id-2"),
    of("https://a.test", "id-1", "token-2"),
  ];
  expect(new Set(segments.map(lastSegment)).size).toBe(3);
});

test("the segment is what a gateway leaves of the path", () => {
  const address = of("https://acme.test/stripped/prefix");
  expect(address.endsWith(`/stripped/prefix/${lastSegment(address)}`)).toBe(true);
});

test.each([
  ["a slash at its end", (address: string) => `${address}/`],
  ["its host in capitals", (address: string) => address.replace("acme.test", "Acme.TEST")],
  ["its scheme in capitals", (address: string) => address.replace("https", "HTTPS")],
  ["the port that its scheme has anyway", (address: string) => address.replace("acme.test", "acme.test:443")],
])("an address is the same with %s, and so is its segment", (_, spell) => {
  const address = of("https://acme.test/prefix");
  const spelt = spell(address);
  expect(spelt).not.toBe(address);
  expect(normalAddress(spelt)).toBe(address);
  expect(lastSegment(new URL(spelt).pathname)).toBe(lastSegment(address));
});

test.each([
  ["another path", (address: string) => address.replace("/prefix/", "/other/")],
  ["capitals in its path", (address: string) => address.replace("/prefix/", "/Prefix/")],
  ["another port", (address: string) => address.replace("acme.test", "acme.test:8443")],
  ["another scheme", (address: string) => address.replace("https", "http")],
  ["a query", (address: string) => `${address}?a=b`],
  ["no form at all", () => "no address"],
])("an address with %s is another one", (_, spell) => {
  const address = of("https://acme.test/prefix");
  expect(normalAddress(spell(address))).not.toBe(address);
});
