import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isDeep } from "./support/draws.ts";
import { type Consequence, followed, passed, type TroubledStream } from "./support/trouble-runs.ts";
import { LASTING_TROUBLES, PASSING_TROUBLES, type Trouble } from "./support/troubles.ts";

const DOCUMENT = readFileSync(new URL("../docs/faults.md", import.meta.url), "utf8");

const everything = () => true;

const onTags = (troubles: Record<string, Trouble>): [string, TroubledStream][] =>
  Object.entries(troubles).map(([name, trouble]) => [
    name,
    { stream: "tags", trouble, strikes: (target) => target.startsWith("/v1/tags") },
  ]);

const { "HTTP 400 for a page too deep": tooDeep, ...lasting } = LASTING_TROUBLES;

/** Every fault, by the name that the document has for it. */
const CASES = new Map<string, TroubledStream>([
  ...onTags(PASSING_TROUBLES),
  ...onTags(lasting),
  ["HTTP 401, of `/v1/ping` too", { stream: "tags", trouble: lasting["HTTP 401"], strikes: everything }],
  ["HTTP 403, of `/v1/ping` too", { stream: "tags", trouble: lasting["HTTP 403"], strikes: everything }],
  [
    "HTTP 404 for a single call",
    { stream: "calls", trouble: lasting["HTTP 404"], strikes: (target) => /calls\/\d/.test(target) },
  ],
  [
    "HTTP 400 for a page too deep, of calls",
    { stream: "calls", trouble: tooDeep, strikes: (target) => /calls\?.*&page=[2-9]/.test(target) },
  ],
  [
    "HTTP 400 for a page too deep, of a small list",
    { stream: "tags", trouble: tooDeep, strikes: (target) => target.startsWith("/v1/tags?page=2") },
  ],
]);

interface Row {
  readonly retries: string;
  readonly ifItPersists: string;
  readonly exitCode: string;
  readonly message: string;
}

/** Rows of the tables with so many columns. */
const rowsOf = (columns: number): string[][] =>
  [...DOCUMENT.matchAll(/^\| (.+) \|$/gm)]
    .map(([, cells = ""]) => cells.split(" | "))
    .filter((cells) => cells.length === columns && !cells[0]?.startsWith("---"));

/** What the document says of each fault. */
const ROWS = new Map(
  rowsOf(5).map(
    ([fault = "", retries = "", ifItPersists = "", exitCode = "", message = ""]): [string, Row] => [
      fault,
      { retries, ifItPersists, exitCode, message },
    ],
  ),
);

/** A sentence of the document as a pattern: `…` stands for anything. */
function patternOf(message: string): RegExp {
  const words = message.replace(/^`|`$/g, "").split("…");
  return new RegExp(words.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*"));
}

function retries({ waitsMs }: Consequence): string {
  const [first, second] = waitsMs;
  if (first === undefined) return "none";
  if (first !== second) return `${waitsMs.length}, after random waits`;
  expect(new Set(waitsMs).size).toBe(1);
  return `${waitsMs.length}, after ${first / 1000} s each`;
}

function ifItPersists({ sessionEnds, againAfterMs }: Consequence): string {
  if (sessionEnds) return "the session ends";
  if (againAfterMs === undefined) return "the capture continues";
  return `the stream stops; restarted after ${againAfterMs / 60_000} min`;
}

describe("docs/faults.md says what happens at", () => {
  test.each([...CASES].map(([name, one], index) => ({ name, one, index })))(
    "$name",
    async ({ name, one, index }) => {
      const consequence = await followed(one);
      const promised: Partial<Row> = ROWS.get(name) ?? {};
      const { message = "" } = promised;
      expect(promised).toMatchObject({
        retries: retries(consequence),
        ifItPersists: ifItPersists(consequence),
      });
      expectMessage(message, consequence.message, consequence.message);
      // The usual run starts the program for every third fault only.
      if (isDeep || index % 3 === 0) {
        const { exitCode, stderr } = await passed(one);
        expect(promised.exitCode).toBe(String(exitCode));
        expectMessage(message, consequence.message, stderr);
      }
      if (!consequence.sessionEnds) expect(consequence.othersCaptured).toBe(1);
    },
  );
});

/** Where there is a message, what was logged has it as the document says it. */
function expectMessage(documented: string, message: string | undefined, logged = ""): void {
  if (message === undefined) expect(documented).toBe("none");
  else expect(logged).toMatch(patternOf(documented));
}

test("docs/faults.md has each fault once, and no others", () => {
  const names = rowsOf(5).map(([name]) => name);
  expect(names.slice().sort()).toEqual(["fault", "fault", "fault", ...CASES.keys()].sort());
});

test("docs/faults.md says what to do about every message in the log", () => {
  const advised = rowsOf(2).map(([message = ""]) => patternOf(message));
  for (const { message } of ROWS.values()) {
    if (!message.startsWith("`")) continue;
    expect(advised.filter((pattern) => pattern.test(message)).length, message).toBe(1);
  }
});
