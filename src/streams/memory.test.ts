import { expect, test } from "vitest";
import { DigestMemory } from "./memory.ts";

const ONE = "AAAAAAAAAAAA";
const OTHER = "BBBBBBBBBBBB";

/** Notes a version, if it has changed, and returns whether it has. */
function capture(memory: DigestMemory, id: number, digest: string): boolean {
  const changed = memory.changed(id, digest);
  if (changed) memory.note(id, digest);
  return changed;
}

/** A version of an object, as different as its number. */
const version = (number: number) => Buffer.from(String(number).padStart(9, "0")).toString("base64url");

test("a version has changed until it is noted, and another version has changed again", () => {
  const memory = new DigestMemory();
  expect([memory.changed(1, ONE), memory.changed(1, ONE)]).toEqual([true, true]);
  expect([capture(memory, 1, ONE), capture(memory, 1, ONE), capture(memory, 2, ONE)]).toEqual([
    true,
    false,
    true,
  ]);
  memory.cover()();
  expect([capture(memory, 1, ONE), capture(memory, 1, OTHER), capture(memory, 1, ONE)]).toEqual([
    false,
    true,
    true,
  ]);
});

test("what no checkpoint has covered has changed again after a failure", () => {
  const memory = new DigestMemory();
  capture(memory, 1, ONE);
  memory.cover()();
  capture(memory, 1, OTHER);
  capture(memory, 2, ONE);
  memory.rollback();
  expect([capture(memory, 1, ONE), capture(memory, 1, OTHER), capture(memory, 2, ONE)]).toEqual([
    false,
    true,
    true,
  ]);
});

test("what a failure leaves behind a checkpoint stays known while its block is on its way", () => {
  const memory = new DigestMemory();
  capture(memory, 1, ONE);
  const commitFirst = memory.cover();
  capture(memory, 1, OTHER);
  const commitSecond = memory.cover();
  capture(memory, 2, ONE);
  commitFirst();
  memory.rollback();
  expect([capture(memory, 1, OTHER), capture(memory, 2, ONE)]).toEqual([false, true]);
  commitSecond();
  expect(capture(memory, 1, OTHER)).toBe(false);
});

test("a block that is committed twice is committed once", () => {
  const memory = new DigestMemory();
  capture(memory, 1, ONE);
  const commitFirst = memory.cover();
  capture(memory, 2, ONE);
  memory.cover();
  commitFirst();
  commitFirst();
  expect([capture(memory, 1, ONE), capture(memory, 2, ONE)]).toEqual([false, false]);
});

test("the latest 393,216 objects are remembered, and older ones need not be", () => {
  const memory = new DigestMemory();
  const count = 393_216;
  const firstId = 4_100_000_000;
  for (let id = firstId; id < firstId + 2 * count; id++) {
    capture(memory, id, ONE);
    memory.cover()();
  }
  let forgotten = 0;
  for (let id = firstId + count; id < firstId + 2 * count; id++)
    forgotten += capture(memory, id, ONE) ? 1 : 0;
  expect(forgotten).toBe(0);
  for (let id = 1; id <= 2 * count; id++) {
    capture(memory, id, version(id));
    memory.cover()();
  }
  expect(capture(memory, firstId, ONE)).toBe(true);
  expect(capture(memory, 2 * count, version(2 * count))).toBe(false);
});
