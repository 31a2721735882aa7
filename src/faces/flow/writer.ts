import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Response } from "./messages.ts";

/** Lines are joined up to about this length before they are handed to the pipe. */
const CHUNK_CHARACTERS = 64 * 1024;

/** The only owner of standard output: one response a line, and no more than the reader takes. */
export class ResponseWriter {
  readonly #output: Writable;
  #chunk = "";

  constructor(output: Writable) {
    this.#output = output;
  }

  /** Resolves when there is room for more. A response may stay in memory until `flush`. */
  async write(response: Response): Promise<void> {
    this.#chunk += `${JSON.stringify(response)}\n`;
    if (this.#chunk.length >= CHUNK_CHARACTERS) await this.flush();
  }

  async flush(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = "";
    if (chunk !== "" && !this.#output.write(chunk)) await once(this.#output, "drain");
  }
}
