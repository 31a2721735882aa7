import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type LifeEvent, type LifeState, transition } from "./life.ts";

const spec = readFileSync(new URL("../../SPEC.md", import.meta.url), "utf8");
const [head = [], , ...rows] = /^\| \| documents[\s\S]*?(?=\n\n)/m
  .exec(spec)?.[0]
  .split("\n")
  .map((line) =>
    line
      .slice(2, -1)
      .split("|")
      .map((cell) => cell.trim()),
  ) ?? [[]];

const events = head.slice(1) as LifeEvent[];
const states = rows.map(([state]) => state) as LifeState[];

/** Where each event leads, by the table in SPEC.md: `−` drops the documents that wait, `+` gives them away, and `""` is a defect. */
const EXPECTED = Object.fromEntries(
  rows.map(([state, ...cells]) => [
    state,
    Object.fromEntries(events.map((event, index) => [event, cells[index]])),
  ]),
) as Record<LifeState, Record<LifeEvent, string>>;
const SIGN = { kept: "", given: "+ ", dropped: "− " };

const cells = states.flatMap((state) => events.map((event) => [state, event] as const));

test.each(cells)("E7: a binding that is %s, at the event %s", (state, event) => {
  const next = transition(state, event);
  if ("defect" in next) {
    expect(EXPECTED[state][event]).toBe("");
    expect(next.defect).toMatch(/^[a-z ]+$/);
  } else expect(SIGN[next.waiting] + next.to).toBe(EXPECTED[state][event]);
});

function reachableFrom(start: LifeState): Set<LifeState> {
  const reached = new Set([start]);
  for (const state of reached) {
    for (const event of events) {
      const next = transition(state, event);
      if ("to" in next) reached.add(next.to);
    }
  }
  return reached;
}

test("E7: the table has every state and every event", () => {
  expect(states).toHaveLength(5);
  expect(events).toHaveLength(8);
});

test("E7: every state is reached from the first, and the end from every state", () => {
  expect(reachableFrom("covered")).toEqual(new Set(states));
  for (const state of states) expect(reachableFrom(state)).toContain("over");
});

test("E1: only a checkpoint gives documents away, and none are left waiting but in uncovered", () => {
  for (const [state, event] of cells) {
    const next = transition(state, event);
    if ("defect" in next) continue;
    expect(next.waiting === "given").toBe(event === "checkpoint");
    const keepsSome = next.waiting === "kept" && (state === "uncovered" || event === "documents");
    expect(next.to === "uncovered").toBe(keepsSome);
  }
});
