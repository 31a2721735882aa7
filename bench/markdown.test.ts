import { expect, test } from "vitest";
import { tableBelow, withPart } from "./markdown.ts";

test("a part is replaced between its comments, and nothing else is", () => {
  const text = "before\n<!-- a -->\nold\n<!-- end of a -->\nafter\n";
  expect(withPart(text, "a", "new")).toBe("before\n<!-- a -->\nnew\n<!-- end of a -->\nafter\n");
  expect(withPart(withPart(text, "a", "new"), "a", "old")).toBe(text);
});

test("a text without the comments is refused", () => {
  expect(() => withPart("nothing here", "a", "new")).toThrow("lacks");
});

test("the table below a heading is found, and no other", () => {
  const text = "## One\n\n| a |\n| --- |\n\n### Two\n\nwords\n\n| b |\n| --- |\n| 1 |\n\nmore";
  expect(tableBelow(text, "Two")).toBe("| b |\n| --- |\n| 1 |");
  expect(tableBelow(text, "Three")).toBe("");
});
