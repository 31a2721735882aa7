import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { KeptState } from "../../src/engine/index.ts";
import { session } from "./sessions.ts";

function following(kept: KeptState) {
  const stopping = new AbortController();
  const { blocks } = session([kept], { until: "follow", signal: stopping.signal });
  const next = async () => {
    const { value } = await blocks.next();
    if (!value) throw new Error("the session has ended");
    return value;
  };
  const end = async () => {
    stopping.abort();
    await blocks.return();
  };
  return { next, end };
}

test("patches are yielded in their order, without documents, and are durable once the block of the last is", async () => {
  const kept = new KeptState("inbox");
  const durable: string[] = [];
  for (const patch of [{ a: 1, b: { c: 2 } }, { a: null }])
    void kept.keep(patch).then(() => durable.push(JSON.stringify(patch)));
  const { next, end } = following(kept);
  const first = await next();
  expect(first).toMatchObject({ stateKey: "inbox", documents: [], patch: { a: 1, b: { c: 2 } } });
  first.committed();
  await turn();
  expect(durable).toEqual([]);
  const second = await next();
  expect(second.patch).toEqual({ a: null });
  second.committed();
  await turn();
  expect(durable).toEqual(['{"a":1,"b":{"c":2}}', '{"a":null}']);
  await end();
});

test("a patch that comes while the reader is busy is yielded next, and is not durable if its block is not committed", async () => {
  const kept = new KeptState("inbox");
  const { next, end } = following(kept);
  void kept.keep({ a: 1 });
  const first = await next();
  let isDurable = false;
  void kept.keep({ b: 2 }).then(() => {
    isDurable = true;
  });
  first.committed();
  expect((await next()).patch).toEqual({ b: 2 });
  await turn();
  expect(isDurable).toBe(false);
  await end();
});
