import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PersonalKind } from "./index.ts";
import { keyedHash } from "./keyed-hash.ts";

const KEY = "a-key-for-the-tests";

const hash = (kind: PersonalKind, value: string) => keyedHash(kind, value, KEY);

describe("a hash", () => {
  test("is the HMAC-SHA-256 of the digits of a number after its plus, and of an address in lower case", () => {
    const expected = createHmac("sha256", KEY).update("+33639980001").digest("hex");
    expect(hash("phone_numbers", "+33 6 39 98 00 01")).toBe(expected);
    expect(hash("emails", " Ada@Acme.test ")).toBe(
      createHmac("sha256", KEY).update("ada@acme.test").digest("hex"),
    );
  });

  test("of a phone number does not depend on its format", () => {
    const marks = fc.string({
      unit: fc.constantFrom(..." -./()~|^=\u00a0\u2011\u202a\u200b\u2060"),
      maxLength: 3,
    });
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(digits, fc.array(marks, { minLength: 15, maxLength: 15 }), (number, between) => {
        const spaced = number.map((digit, index) => `${between[index]}${digit}`).join("");
        expect(hash("phone_numbers", `+${spaced}`)).toBe(hash("phone_numbers", `+${number.join("")}`));
      }),
    );
  });

  test.each([
    "+1 (555) 010-0123",
    "tel:+1-555-010-0123",
    "＋１ （５５５） ０１０－０１２３",
    "+١ ٥٥٥ ٠١٠ ٠١٢٣",
    "\u202a+1 555 010 0123\u202c",
    "+1~555|010^0123",
    "Tel.: +1 555 010 0123",
  ])("of a phone number is that of its digits: %s", (number) => {
    expect(hash("phone_numbers", number)).toBe(hash("phone_numbers", "+15550100123"));
  });

  test("of a number has the digits of its extension too", () => {
    expect(hash("phone_numbers", "+1 555 010 0123 ext. 45")).toBe(hash("phone_numbers", "+1555010012345"));
  });

  test("of a text without digits is that of the whole text", () => {
    const hashes = ["restricted", "unknown", "sip:ada@acme.test", "+"].map((text) =>
      hash("phone_numbers", text),
    );
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hash("phone_numbers", "+")).not.toBe(hash("phone_numbers", ""));
  });

  test("has a plus only where one comes before the digits", () => {
    expect(hash("phone_numbers", "555 010 0123 +")).toBe(hash("phone_numbers", "5550100123"));
    expect(hash("phone_numbers", "555 + 0100123")).toBe(hash("phone_numbers", "5550100123"));
  });

  test("differs with the key, the number, and the plus", () => {
    const hashes = [
      hash("phone_numbers", "+4930123"),
      hash("phone_numbers", "4930123"),
      hash("phone_numbers", "+4930124"),
      keyedHash("phone_numbers", "+4930123", `${KEY}!`),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("of a name depends on its case", () => {
    expect(hash("names", "Ada")).not.toBe(hash("names", "ada"));
  });

  test("is not computed for a withheld number or an empty string", () => {
    expect(hash("phone_numbers", "anonymous")).toBe("anonymous");
    expect(hash("names", "")).toBe("");
  });
});
