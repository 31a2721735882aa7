import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = new URL("../", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

describe("SPEC.md", () => {
  const spec = read("SPEC.md");

  test("names tests that there are", () => {
    const named = [...spec.matchAll(/`((?:src|test)\/\S+\.test\.ts)`((?: "[^"]+",?)+)/g)].flatMap(
      ([, file = "", names = ""]) =>
        [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => ({ file, name })),
    );
    expect(named.length).toBeGreaterThan(40);
    for (const { file, name } of named) expect(read(file), file).toContain(`"${name}"`);
  });

  test("gives each rule a number of its own", () => {
    const numbers = [...spec.matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, number]) => number);
    expect(numbers.length).toBeGreaterThan(25);
    expect(new Set(numbers).size).toBe(numbers.length);
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
