import { expect, test } from "vitest";
import { withPart } from "./markdown.ts";

test("only the text between the two comments is replaced", () => {
  const text = "before\n<!-- a -->\nold\n<!-- end of a -->\nafter\n";
  expect(withPart(text, "a", "new")).toBe("before\n<!-- a -->\nnew\n<!-- end of a -->\nafter\n");
  expect(withPart(withPart(text, "a", "new"), "a", "old")).toBe(text);
});

test("a text without the comments is refused", () => {
  expect(() => withPart("nothing here", "a", "new")).toThrow("lacks");
});
