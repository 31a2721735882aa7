import { expect, test } from "vitest";
import { Arrivals } from "../../src/engine/index.ts";
import type { Json } from "../../src/shared/json.ts";
import { brief, type Run, session, stream } from "./sessions.ts";

/** Captures what arrives. */
function capturing(arrivals: Arrivals<number>): Run {
  return async function* () {
    arrivals.begin();
    while (true) {
      const { items, committed } = arrivals.take();
      const docs = items.map((id) => ({ id, _meta: { op: "u" as const } }));
      yield { kind: "documents", docs };
      if (docs.length > 0) yield { kind: "checkpoint", patch: {}, committed };
      yield { kind: "rest", untilMs: Number.MAX_SAFE_INTEGER, touch: arrivals.touch };
    }
  };
}

test("an item is captured, and its arrival resolves once its block is committed", async () => {
  const arrivals = new Arrivals<number>();
  const stopping = new AbortController();
  const { blocks } = session([stream("events", capturing(arrivals))], {
    until: "follow",
    signal: stopping.signal,
  });
  const order: Json[] = [];
  const next = blocks.next();
  const added = [1, 2].map((id) => arrivals.add(id).then(() => order.push(`arrival ${id}`)));
  const { value } = await next;
  if (!value) throw new Error("the session has ended");
  order.push(brief(value));
  value.committed();
  await Promise.all(added);
  expect(order).toEqual([["b0:1", "b0:2", "b0!"], "arrival 1", "arrival 2"]);
  stopping.abort();
  expect((await blocks.next()).done).toBe(true);
});

test("what a run took and did not commit is taken again by the next run, in order", () => {
  const arrivals = new Arrivals<number>();
  const resolved: number[] = [];
  for (const id of [1, 2]) void arrivals.add(id).then(() => resolved.push(id));
  expect(arrivals.take().items).toEqual([1, 2]);
  void arrivals.add(3);
  expect(arrivals.take().items).toEqual([3]);
  arrivals.begin();
  void arrivals.add(4);
  expect(arrivals.take().items).toEqual([1, 2, 3, 4]);
  expect(resolved).toEqual([]);
});

test("what is committed is not taken again", () => {
  const arrivals = new Arrivals<number>();
  void arrivals.add(1);
  arrivals.take().committed();
  void arrivals.add(2);
  arrivals.take();
  arrivals.begin();
  expect(arrivals.take().items).toEqual([2]);
});
