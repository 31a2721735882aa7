import { once } from "node:events";
import type { Writable } from "node:stream";

/** Lines are buffered up to about this length before they are written to the output. */
const CHUNK_CHARACTERS = 64 * 1024;

/** The only writer of standard output. Writes one JSON message per line, as fast as the reader accepts them. */
export class LineWriter<Message> {
  readonly #output: Writable;
  #chunk = "";

  constructor(output: Writable) {
    this.#output = output;
  }

  /** Resolves when the output accepts more. The message may stay in memory until `flush`. */
  async write(message: Message): Promise<void> {
    this.#append(message);
    if (this.#chunk.length >= CHUNK_CHARACTERS) await this.flush();
  }

  async flush(): Promise<void> {
    if (!this.#writeChunk()) await once(this.#output, "drain");
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
