import type { Readable } from "node:stream";
import { ANSWERS, type Answer, UNREAD } from "./answers.ts";
import type { End } from "./visit.ts";

/** An event has a few kilobytes. */
export const LARGEST_BODY_BYTES = 2 ** 20;

/** What all bodies under way may take, so that a flood of them leaves the memory to the capture. */
const LARGEST_TOGETHER_BYTES = 16 * 2 ** 20;

/** What a chunk takes beside its bytes. A sender chooses how many chunks there are. */
const CHUNK_BYTES = 256;

/**
 * The memory for bodies under way: those that are being read, and those whose events are being stored. When it is
 * used up, the oldest body that is still being read goes.
 */
export class BodyRoom {
  /** The oldest first. */
  readonly #evictions = new Map<Body, () => void>();
  #takenBytes = 0;

  /** `evict` is called when the body has to go. It MUST release the body, unless that has been read. */
  open(evict: () => void): Body {
    const body = new Body(this);
    this.#evictions.set(body, evict);
    return body;
  }

  /** Returns whether there is room for this many bytes more. */
  take(bytes: number, taker: Body): boolean {
    for (const [body, evict] of this.#evictions) {
      if (this.#takenBytes + bytes <= LARGEST_TOGETHER_BYTES) break;
      if (body !== taker) evict();
    }
    if (this.#takenBytes + bytes > LARGEST_TOGETHER_BYTES) return false;
    this.#takenBytes += bytes;
    return true;
  }

  release(body: Body, bytes: number): void {
    this.#evictions.delete(body);
    this.#takenBytes -= bytes;
  }
}

/** The bytes of one body. */
export class Body {
  readonly #room: BodyRoom;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #takenBytes = 0;

  constructor(room: BodyRoom) {
    this.#room = room;
  }

  /** Returns the answer to a body that cannot be kept. */
  append(chunk: Uint8Array): Answer | undefined {
    this.#length += chunk.byteLength;
    if (this.#length > LARGEST_BODY_BYTES) return ANSWERS.tooLarge;
    const bytes = chunk.byteLength + CHUNK_BYTES;
    if (!this.#room.take(bytes, this)) return ANSWERS.busy;
    this.#takenBytes += bytes;
    this.#chunks.push(chunk);
    return undefined;
  }

  /** The bytes as UTF-8. They are not kept any longer, and their room is taken until `release`. */
  text(): string {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return new TextDecoder().decode(bytes);
  }

  release(): void {
    this.#room.release(this, this.#takenBytes);
    this.#chunks = [];
    this.#takenBytes = 0;
  }
}

/** Reads a body to its end. Returns the answer to one that is too large, takes too long or breaks off. */
export function readBody(stream: Readable, room: BodyRoom, ended: Promise<End>): Promise<Body | Answer> {
  return new Promise((resolve) => {
    let isSettled = false;
    const settle = (result: Body | Answer) => {
      if (isSettled) return;
      isSettled = true;
      stream.off("data", append).off("end", complete);
      if (result !== body) body.release();
      resolve(result);
    };
    const body = room.open(() => settle(ANSWERS.busy));
    const complete = () => settle(body);
    const append = (chunk: Uint8Array) => {
      const refusal = body.append(chunk);
      if (refusal) settle(refusal);
    };
    stream.on("data", append).on("end", complete);
    ended.then((end) => settle(UNREAD[end]));
  });
}
