import { BadRequest } from "../errors.ts";

const LINE_FEED = 0x0a;

/** The longest request that is read; requests embed the schemas of every bound collection. */
const LONGEST_LINE_BYTES = 128 * 1024 * 1024;

/**
 * The lines of a byte stream as text, split at line feeds only: JSON may hold every other kind of
 * line break. Blank lines are skipped. Throws `BadRequest` for a line that is too long, is not
 * UTF-8, or breaks off.
 */
export async function* readLines(input: AsyncIterable<Buffer>): AsyncGenerator<string, void, void> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const line = decode([...pending, chunk.subarray(start, end)]);
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      if (line.trim() !== "") yield line;
    }
    const rest = chunk.subarray(start);
    pending.push(rest);
    pendingBytes += rest.length;
    if (pendingBytes > LONGEST_LINE_BYTES) {
      throw new BadRequest(`A request is longer than ${LONGEST_LINE_BYTES / 1024 / 1024} MiB.`);
    }
  }
  if (decode(pending).trim() !== "") throw new BadRequest("The input ended in the middle of a request.");
}

function decode(parts: readonly Buffer[]): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new BadRequest("A request is not UTF-8 text.");
  }
}
