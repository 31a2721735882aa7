import { parseEndpointConfig } from "../../src/config/index.ts";
import { type Document, mergePatch, type Step } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { type StreamName, streams } from "../../src/streams/index.ts";
import { MalformedRows } from "../../src/streams/malformed-rows.ts";
import { DigestMemory, remembering } from "../../src/streams/memory.ts";
import { CONFIG, type World } from "./world.ts";

/** A stream's runs in one process, each from the state that the one before has left. */
export class StreamRuns {
  readonly #run: (state: JsonObject) => AsyncIterable<Step>;
  #state: JsonObject = {};

  constructor({ reader, clock, ports: { log } }: World, name: StreamName) {
    const { intervalMs, syncMode, run } = streams[name];
    const { startSeconds, rereadAfterSeconds } = parseEndpointConfig(CONFIG);
    const memory = new DigestMemory();
    const times = { intervalMs, startSeconds, rereadAfterSeconds };
    const malformed = new MalformedRows(log, () => {});
    const source = { api: reader(), clock, log, memory, malformed, syncMode, ...times };
    this.#run = (state) => remembering(memory, run(source, state));
  }

  /** Runs to the first rest. */
  async toRest(): Promise<Document[]> {
    const documents: Document[] = [];
    for await (const step of this.#run(this.#state)) {
      if (step.kind === "documents") documents.push(...step.docs);
      if (step.kind === "rest") break;
      this.#cover(step);
    }
    return documents;
  }

  /** Runs to the first document and leaves it uncovered, as a failure does. */
  async toDocument(): Promise<Document> {
    for await (const step of this.#run(this.#state)) {
      const [first] = step.kind === "documents" ? step.docs : [];
      if (first) return first;
      this.#cover(step);
    }
    throw new Error("the stream ended without a document");
  }

  #cover(step: Step): void {
    if (step.kind !== "checkpoint") return;
    this.#state = mergePatch(this.#state, step.patch);
    step.committed?.();
  }
}
