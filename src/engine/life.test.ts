import { expect, test } from "vitest";
import { type LifeEvent, type LifeState, transition } from "./life.ts";

/** Where each event leads; `-` drops the documents that wait, `+` gives them away, and `""` is a defect. */
const EXPECTED: Record<LifeState, Record<LifeEvent, string>> = {
  covered: {
    document: "uncovered",
    checkpoint: "+covered",
    progress: "covered",
    rest: "resting",
    woken: "",
    failed: "recovering",
    stopped: "over",
    ended: "over",
  },
  uncovered: {
    document: "uncovered",
    checkpoint: "+covered",
    progress: "uncovered",
    rest: "",
    woken: "",
    failed: "-recovering",
    stopped: "-over",
    ended: "",
  },
  resting: {
    document: "",
    checkpoint: "",
    progress: "",
    rest: "",
    woken: "covered",
    failed: "",
    stopped: "over",
    ended: "over",
  },
  recovering: {
    document: "",
    checkpoint: "",
    progress: "",
    rest: "",
    woken: "covered",
    failed: "",
    stopped: "over",
    ended: "over",
  },
  over: {
    document: "",
    checkpoint: "",
    progress: "",
    rest: "",
    woken: "",
    failed: "",
    stopped: "",
    ended: "",
  },
};
const SIGN = { kept: "", given: "+", dropped: "-" };

const states = Object.keys(EXPECTED) as LifeState[];
const events = Object.keys(EXPECTED.covered) as LifeEvent[];
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

test("E7: every state is reached from the first, and the end from every state", () => {
  expect(reachableFrom("covered")).toEqual(new Set(states));
  for (const state of states) expect(reachableFrom(state)).toContain("over");
});

test("E1: only a checkpoint gives documents away, and none are left waiting but in uncovered", () => {
  for (const [state, event] of cells) {
    const next = transition(state, event);
    if ("defect" in next) continue;
    expect(next.waiting === "given").toBe(event === "checkpoint");
    const keepsSome = next.waiting === "kept" && (state === "uncovered" || event === "document");
    expect(next.to === "uncovered").toBe(keepsSome);
  }
});
