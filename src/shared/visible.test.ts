import fc from "fast-check";
import { expect, test } from "vitest";
import { visible } from "./visible.ts";

test.each([
  ["\u001b[2J\u001b]0;title\u0007", "\\x1b[2J\\x1b]0;title\\x07"],
  ["a\r\nerror: forged\ttab", "a\\r\\nerror: forged\\ttab"],
  ["\u009b31m\u007f", "\\x9b31m\\x7f"],
  ["abc\u202edef\u2066\u200f\u061c", "abc\\u202edef\\u2066\\u200f\\u061c"],
  ["line\u2028line\u2029line\u0085", "line\\u2028line\\u2029line\\x85"],
  ["\u{e0041}\ufeff\ud800", "\\u{e0041}\\ufeff\\ud800"],
])("%j is printed as %s", (text, printed) => {
  expect(visible(text)).toBe(printed);
});

test("ordinary text of any language stays as it is", () => {
  const text = 'Zoë Müller – 株式会社, שלום, مرحبا, 👩‍💻 C:\\path "quoted"';
  expect(visible(text)).toBe(text);
});

test("whatever a text holds, it is one line without control characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(visible(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    }),
  );
});
