import { BadRequest } from "../../errors.ts";
import { decodeRequest, readAcknowledgeRequest } from "./input.ts";

/**
 * The checkpoints that the runtime has not acknowledged yet, oldest first. An acknowledgement says of how many of
 * them the documents and the state are durable.
 */
export class Acknowledgements {
  readonly #pending: (() => void)[] = [];
  readonly #ended = new AbortController();
  #failure: unknown;

  /** Takes what the runtime writes during a session. */
  constructor(lines: AsyncIterable<string>) {
    this.#readAll(lines)
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .finally(() => this.#ended.abort());
  }

  /** Aborted when no more acknowledgements can come. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** To be called before a checkpoint is written. `committed` is called when the runtime acknowledges it. */
  expect(committed = () => {}): void {
    this.#pending.push(committed);
  }

  /** Throws `BadRequest` if the runtime has written anything but acknowledgements of what it was sent. */
  throwIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }

  async #readAll(lines: AsyncIterable<string>): Promise<void> {
    for await (const line of lines) this.#acknowledge(await readAcknowledgeRequest(decodeRequest(line)));
  }

  #acknowledge(checkpoints: number): void {
    if (checkpoints > this.#pending.length)
      throw new BadRequest(
        `The runtime acknowledges ${checkpoints} checkpoints, and ${this.#pending.length} are left to acknowledge.`,
      );
    for (const committed of this.#pending.splice(0, checkpoints)) committed();
  }
}
