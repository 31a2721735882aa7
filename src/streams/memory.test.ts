import { expect, test } from "vitest";
import { DigestMemory } from "./memory.ts";

const ONE = "AAAAAAAAAAAA";
const OTHER = "BBBBBBBBBBBB";

/** A version of an object, as different as its number. */
const version = (number: number) => Buffer.from(String(number).padStart(9, "0")).toString("base64url");

test("a version is news once, and a new version is news again", () => {
  const memory = new DigestMemory();
  expect([memory.isNews(1, ONE), memory.isNews(1, ONE), memory.isNews(2, ONE)]).toEqual([true, false, true]);
  memory.cover()();
  expect([memory.isNews(1, ONE), memory.isNews(1, OTHER), memory.isNews(1, ONE)]).toEqual([
    false,
    true,
    true,
  ]);
});

test("what no checkpoint has covered is news again after a failure", () => {
  const memory = new DigestMemory();
  memory.isNews(1, ONE);
  memory.cover()();
  memory.isNews(1, OTHER);
  memory.isNews(2, ONE);
  memory.rollback();
  expect([memory.isNews(1, ONE), memory.isNews(1, OTHER), memory.isNews(2, ONE)]).toEqual([
    false,
    true,
    true,
  ]);
});

test("what a failure leaves behind a checkpoint stays known while its block is on its way", () => {
  const memory = new DigestMemory();
  memory.isNews(1, ONE);
  const commitFirst = memory.cover();
  memory.isNews(1, OTHER);
  const commitSecond = memory.cover();
  memory.isNews(2, ONE);
  commitFirst();
  memory.rollback();
  expect([memory.isNews(1, OTHER), memory.isNews(2, ONE)]).toEqual([false, true]);
  commitSecond();
  expect(memory.isNews(1, OTHER)).toBe(false);
});

test("the latest 393,216 objects are remembered, and older ones need not be", () => {
  const memory = new DigestMemory();
  const count = 393_216;
  const firstId = 4_100_000_000;
  for (let id = firstId; id < firstId + 2 * count; id++) {
    memory.isNews(id, ONE);
    memory.cover()();
  }
  let forgotten = 0;
  for (let id = firstId + count; id < firstId + 2 * count; id++) forgotten += memory.isNews(id, ONE) ? 1 : 0;
  expect(forgotten).toBe(0);
  for (let id = 1; id <= 2 * count; id++) {
    memory.isNews(id, version(id));
    memory.cover()();
  }
  expect(memory.isNews(firstId, ONE)).toBe(true);
  expect(memory.isNews(2 * count, version(2 * count))).toBe(false);
});
