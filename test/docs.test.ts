import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = new URL("../", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** A test file, and the titles of tests in it. */
const REFERENCE = /`((?:src|test)\/\S+\.test\.ts)`((?: "[^"]+",?)+)/g;

describe("SPEC.md", () => {
  const spec = read("SPEC.md");
  const rules = [...spec.matchAll(/^### ([A-Z]\d+) .*\n\n([\s\S]*?)(?=^##)/gm)].map(
    ([, number = "", text = ""]) => ({ number, text }),
  );

  test("gives each rule a number of its own", () => {
    expect(rules.length).toBeGreaterThan(40);
    expect(spec.match(/^\*\*Enforced by\*\* /gm)).toHaveLength(rules.length);
    expect(new Set(rules.map(({ number }) => number)).size).toBe(rules.length);
  });

  test.each(rules)("names tests that enforce rule $number, all of which exist", ({ text }) => {
    const [enforcement = ""] = /^\*\*Enforced by\*\* .*$/m.exec(text) ?? [];
    const references = [...enforcement.matchAll(REFERENCE)];
    expect(references.length).toBeGreaterThan(0);
    expect(enforcement.replaceAll(REFERENCE, "")).not.toContain('"');
    for (const [, file = "", titles = ""] of references) {
      for (const [title] of titles.matchAll(/"[^"]+"/g)) expect(read(file), file).toContain(title);
    }
  });
});

const documents = [".", "docs", "docs/decisions", "bench/peers"].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

/** The fragments by which the headings of a document are linked to, as GitHub makes them. */
const anchorsOf = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

describe.each(documents)("%s", (path) => {
  const links = [...read(path).matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)].map(([, target = "", anchor]) => ({
    file: target ? join(dirname(path), target) : path,
    anchor,
  }));

  test("links to files that exist", () => {
    for (const { file } of links) expect(existsSync(join(ROOT, file)), file).toBe(true);
  });

  test("links to headings that exist", () => {
    for (const { file, anchor } of links) if (anchor) expect(anchorsOf(file), file).toContain(anchor);
  });
});
