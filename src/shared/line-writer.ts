import { once } from "node:events";
import type { Writable } from "node:stream";

/** Lines are buffered up to about this length before they are written to the output. */
const CHUNK_CHARACTERS = 64 * 1024;

/** The output takes no more: its reader has closed it, or its disk is full. `main.ts` reports the cause. */
export class OutputLost extends Error {
  override readonly name = "OutputLost";
}

/** The only writer of standard output. Writes one JSON message per line, as fast as the reader accepts them. */
export class LineWriter<Message> {
  readonly #output: Writable;
  #chunk = "";

  constructor(output: Writable) {
    this.#output = output;
  }

  /** Resolves when the output accepts more, or rejects with `OutputLost`. The message may stay in memory until `flush`. */
  async write(message: Message): Promise<void> {
    this.#append(message);
    if (this.#chunk.length >= CHUNK_CHARACTERS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#writeChunk()) return;
    await once(this.#output, "drain").catch((cause) => {
      throw new OutputLost("The output cannot be written.", { cause });
    });
  }

  /** Writes the message, and all before it, at once, even if the output is busy. Only for small and rare messages. */
  push(message: Message): void {
    this.#append(message);
    this.#writeChunk();
  }

  #append(message: Message): void {
    this.#chunk += `${JSON.stringify(message)}\n`;
  }

  /** Returns whether the output accepts more. */
  #writeChunk(): boolean {
    const chunk = this.#chunk;
    this.#chunk = "";
    return chunk === "" || this.#output.write(chunk);
  }
}
