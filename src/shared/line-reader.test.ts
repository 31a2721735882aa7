import fc from "fast-check";
import { expect, test } from "vitest";
import { readLines } from "./line-reader.ts";

async function* chunks(parts: readonly Uint8Array[]) {
  for (const part of parts) yield Buffer.from(part);
}

test("lines are the same however the bytes are cut", async () => {
  const line = fc
    .string({ unit: "binary" })
    .filter((text) => !text.includes("\n") && text.trim() !== "" && text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const parts = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(await Array.fromAsync(readLines(chunks(parts)))).toEqual(lines);
    }),
  );
});

test("bytes that are no UTF-8 are refused", async () => {
  const lines = readLines(chunks([Uint8Array.of(0xff, 0xfe, 0x0a)]));
  await expect(lines.next()).rejects.toThrow("A request is not UTF-8 text.");
});

test("a line that never ends is refused before it fills the memory", async () => {
  async function* endless() {
    const chunk = Buffer.alloc(16 * 1024 * 1024, "x");
    for (let sent = 0; sent < 100; sent++) yield chunk;
  }
  await expect(readLines(endless()).next()).rejects.toThrow("A request is longer than 128 MiB.");
});
