import { once } from "node:events";
import type { Writable } from "node:stream";

/** Lines are joined up to about this length before they are handed to the pipe. */
const CHUNK_CHARACTERS = 64 * 1024;

/** The output takes no more: its reader has closed it, or its disk is full. `main.ts` reports the cause. */
export class OutputLost extends Error {
  override readonly name = "OutputLost";
}

/** The only owner of standard output: one message a line, as JSON, and no more than the reader takes. */
export class LineWriter<Message> {
  readonly #output: Writable;
  #chunk = "";

  constructor(output: Writable) {
    this.#output = output;
  }

  /** Resolves when there is room for more, or rejects with `OutputLost`. A message may stay in memory until `flush`. */
  async write(message: Message): Promise<void> {
    this.#append(message);
    if (this.#chunk.length >= CHUNK_CHARACTERS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#handOver()) return;
    await once(this.#output, "drain").catch((cause) => {
      throw new OutputLost("The output cannot be written.", { cause });
    });
  }

  /** Hands the message over at once, and all before it, whether there is room or not. For what is rare and small. */
  push(message: Message): void {
    this.#append(message);
    this.#handOver();
  }

  #append(message: Message): void {
    this.#chunk += `${JSON.stringify(message)}\n`;
  }

  /** Returns whether the pipe takes more. */
  #handOver(): boolean {
    const chunk = this.#chunk;
    this.#chunk = "";
    return chunk === "" || this.#output.write(chunk);
  }
}
