import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type LifecycleState, type LifecycleTrigger, transition } from "./lifecycle.ts";

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

const triggers = head.slice(1) as LifecycleTrigger[];
const states = rows.map(([state]) => state) as LifecycleState[];

/** The transitions of the table in SPEC.md: `+` releases the waiting documents, `−` drops them, and `""` is a defect. */
const EXPECTED = Object.fromEntries(
  rows.map(([state, ...cells]) => [
    state,
    Object.fromEntries(triggers.map((trigger, index) => [trigger, cells[index]])),
  ]),
) as Record<LifecycleState, Record<LifecycleTrigger, string>>;
const SIGN = { kept: "", released: "+ ", dropped: "− " };

const cells = states.flatMap((state) => triggers.map((trigger) => [state, trigger] as const));

test.each(cells)("E7: a binding that is %s, at the event %s", (state, trigger) => {
  const next = transition(state, trigger);
  if ("defect" in next) {
    expect(EXPECTED[state][trigger]).toBe("");
    expect(next.defect).toMatch(/^[a-z ]+$/);
  } else expect(SIGN[next.waiting] + next.to).toBe(EXPECTED[state][trigger]);
});

function reachableFrom(start: LifecycleState): Set<LifecycleState> {
  const reached = new Set([start]);
  for (const state of reached) {
    for (const trigger of triggers) {
      const next = transition(state, trigger);
      if ("to" in next) reached.add(next.to);
    }
  }
  return reached;
}

test("E7: the table has every state and every event", () => {
  expect(states).toHaveLength(5);
  expect(triggers).toHaveLength(8);
});

test("E7: every state is reached from the first, and the end from every state", () => {
  expect(reachableFrom("covered")).toEqual(new Set(states));
  for (const state of states) expect(reachableFrom(state)).toContain("over");
});

test("E1: only a checkpoint releases documents, and documents wait only in the state uncovered", () => {
  for (const [state, trigger] of cells) {
    const next = transition(state, trigger);
    if ("defect" in next) continue;
    expect(next.waiting === "released").toBe(trigger === "checkpoint");
    const keepsSome = next.waiting === "kept" && (state === "uncovered" || trigger === "documents");
    expect(next.to === "uncovered").toBe(keepsSome);
  }
});
