import { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { LineWriter, OutputLost } from "./line-writer.ts";

/** An output with room for nothing, and the completion of its last write. */
function fullOutput() {
  const held = { complete: (_error?: Error) => {}, text: "" };
  const output = new Writable({
    highWaterMark: 1,
    write(chunk, _, done) {
      held.text += chunk;
      held.complete = done;
    },
  });
  return { output, held };
}

test("a writer waits until the output has room again", async () => {
  const { output, held } = fullOutput();
  const writer = new LineWriter(output);
  let isOver = false;
  await writer.write({ line: 1 });
  expect(held.text).toBe("");
  const flushed = writer.flush().then(() => {
    isOver = true;
  });
  await turn();
  expect({ isOver, text: held.text }).toEqual({ isOver: false, text: '{"line":1}\n' });
  held.complete();
  await flushed;
});

test("an output that fails while a writer waits is lost, and the cause is kept", async () => {
  const { output, held } = fullOutput();
  const writer = new LineWriter(output);
  await writer.write({ line: 1 });
  const flushed = writer.flush();
  const cause = new Error("write EPIPE");
  held.complete(cause);
  const error = await flushed.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OutputLost);
  expect(error).toMatchObject({ cause });
});
