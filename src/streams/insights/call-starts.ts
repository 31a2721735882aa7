import { findCall } from "../calls/call-batch.ts";
import { SingleReads } from "../single-reads.ts";
import type { Source } from "../source.ts";
import { callSource } from "./call-lists.ts";

/** For how many calls the start is kept: about a megabyte. */
const MOST_CALLS = 10_000;

/** When calls started that events name. Each call is read once for all streams of a session. */
export class CallStarts {
  readonly #starts = new Map<number, Promise<number | undefined>>();

  /** In Unix seconds; `undefined` when Aircall does not answer for the call, or does not know it. */
  async of(callId: number, source: Source): Promise<number | undefined> {
    const reading = this.#starts.get(callId) ?? read(callId, source);
    this.#starts.delete(callId);
    this.#starts.set(callId, reading);
    const [earliest] = this.#starts.keys();
    if (this.#starts.size > MOST_CALLS && earliest !== undefined) this.#starts.delete(earliest);
    let start: number | undefined;
    try {
      start = await reading;
    } finally {
      if (start === undefined) this.#starts.delete(callId);
    }
    return start;
  }
}

async function read(callId: number, source: Source): Promise<number | undefined> {
  const reads = new SingleReads(source.api.for("start of call", "insight"), source.log);
  const call = await findCall(callId, reads, callSource(source));
  return typeof call === "string" ? undefined : call.started_at;
}
