import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { CaptureRequest } from "../../src/connector.ts";
import type { Block } from "../../src/engine/index.ts";
import { SourceUnavailable, StoreError } from "../../src/errors.ts";
import { captureIntoStore } from "../../src/local/capture.ts";
import { CaptureProgress } from "../../src/local/progress.ts";
import type { CapturedBlock, Store } from "../../src/local/store/index.ts";
import { TestClock } from "../support/clock.ts";

type Captured = readonly [table: "calls" | "tags", documents: number, text?: string];

/** Captures the blocks into a store that keeps a diary, and so do the blocks. */
function capture(
  blocks: (diary: string[], signal: AbortSignal) => AsyncGenerator<Captured, void, void>,
  commit = async () => {},
) {
  const diary: string[] = [];
  const clock = new TestClock();
  const streams = ["calls", "tags"] as const;
  const store: Pick<Store, "commit" | "state"> = {
    state: { bindingStateV1: {} },
    async commit(captured) {
      await commit();
      // The last commit has what was sent lately, and may have nothing else.
      if (captured.length > 0) diary.push(`stored ${captured.map(summary).join(" and ")}`);
    },
  };
  const connector = {
    recentRequests: {},
    async *capture({ signal }: CaptureRequest): AsyncGenerator<Block, void, void> {
      for await (const [table, size, text = ""] of blocks(diary, signal)) {
        const document = { id: 1, text, _meta: { op: "u" as const } };
        yield {
          binding: streams.indexOf(table),
          stateKey: table,
          documents: Array.from({ length: size }, () => document),
          patch: { size },
          committed: () => diary.push(`committed ${size} ${table}`),
        };
      }
    },
  };
  const done = captureIntoStore({
    connector,
    store,
    config: {},
    streams,
    until: "pass",
    signal: new AbortController().signal,
    clock,
    progress: new CaptureProgress({ streams, clock, mostRowsPerMinute: Infinity, onChange: () => {} }),
    onStatus: () => {},
  });
  return { diary, clock, done };
}

const summary = ({ table, documents, patch }: CapturedBlock) =>
  `${documents.length} ${table} ${JSON.stringify(patch)}`;

test("blocks are stored together, with their patches, and then they count as committed, in their order", async () => {
  const { diary, done } = capture(async function* () {
    yield ["calls", 2];
    yield ["tags", 1];
    yield ["calls", 3];
  });
  await done;
  expect(diary).toEqual([
    'stored 2 calls {"size":2} and 1 tags {"size":1} and 3 calls {"size":3}',
    "committed 2 calls",
    "committed 1 tags",
    "committed 3 calls",
  ]);
});

test("a thousand documents are stored before more is asked for", async () => {
  const { diary, done } = capture(async function* (diary) {
    yield ["calls", 999];
    yield ["calls", 1];
    diary.push("asked for more");
    yield ["tags", 1];
  });
  await done;
  expect(diary.slice(0, 3)).toEqual([
    'stored 999 calls {"size":999} and 1 calls {"size":1}',
    "committed 999 calls",
    "committed 1 calls",
  ]);
  expect(diary[3]).toBe("asked for more");
});

test("documents of eight MiB are stored before more is asked for, however few they are", async () => {
  const { diary, done } = capture(async function* (diary) {
    yield ["calls", 3, "x".repeat(2 ** 21)];
    yield ["calls", 1, "x".repeat(2 ** 21)];
    diary.push("asked for more");
    yield ["tags", 1];
  });
  await done;
  expect(diary.slice(0, 4)).toEqual([
    'stored 3 calls {"size":3} and 1 calls {"size":1}',
    "committed 3 calls",
    "committed 1 calls",
    "asked for more",
  ]);
});

test("what has waited for a second is stored while the next block is still to come", async () => {
  let release = () => {};
  const { diary, clock, done } = capture(async function* () {
    yield ["calls", 2];
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  await turn();
  clock.advance(999);
  await turn();
  expect(diary).toEqual([]);
  clock.advance(1);
  await turn();
  expect(diary).toEqual(['stored 2 calls {"size":2}', "committed 2 calls"]);
  release();
  await done;
});

test("what was captured before a failure is stored, and the failure is reported", async () => {
  const { diary, done } = capture(async function* () {
    yield ["calls", 2];
    throw new SourceUnavailable("Aircall is away.");
  });
  await expect(done).rejects.toThrow("Aircall is away.");
  expect(diary).toEqual(['stored 2 calls {"size":2}', "committed 2 calls"]);
});

test("what the store does not take does not count as committed, and is not tried again", async () => {
  let attempts = 0;
  const { diary, done } = capture(
    async function* () {
      yield ["calls", 1_000];
    },
    async () => {
      attempts += 1;
      throw new StoreError("The disk is full.");
    },
  );
  await expect(done).rejects.toThrow("The disk is full.");
  expect(diary).toEqual([]);
  expect(attempts).toBe(1);
});

test("the first error is reported, whatever fails after it, and the streams are closed", async () => {
  const { diary, done } = capture(
    async function* (diary) {
      try {
        yield ["calls", 1_000];
      } finally {
        diary.push("closed");
        // biome-ignore lint/correctness/noUnsafeFinally: a stream that fails while it is closed
        throw new Error("The stream cannot be closed.");
      }
    },
    async () => {
      throw new StoreError("The disk is full.");
    },
  );
  await expect(done).rejects.toThrow("The disk is full.");
  expect(diary).toEqual(["closed"]);

  const other = capture(
    async function* () {
      yield ["calls", 1];
      throw new SourceUnavailable("Aircall is away.");
    },
    async () => {
      throw new StoreError("The disk is full.");
    },
  );
  await expect(other.done).rejects.toThrow("Aircall is away.");
});

test("a store that fails ends the capture, even while every stream rests", async () => {
  const { diary, clock, done } = capture(
    async function* (diary, signal) {
      try {
        yield ["calls", 1];
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      } finally {
        diary.push("closed");
      }
    },
    async () => {
      throw new StoreError("The disk is full.");
    },
  );
  const failure = done.catch((error: unknown) => error);
  await turn();
  clock.advance(1_000);
  expect(await failure).toEqual(new StoreError("The disk is full."));
  expect(diary).toEqual(["closed"]);
});
