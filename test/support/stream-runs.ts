import { parseEndpointConfig } from "../../src/config/index.ts";
import { type Document, mergePatch, type Step } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import type { StreamEvents } from "../../src/streams/bind.ts";
import type { StreamDefinition } from "../../src/streams/definition.ts";
import { bindStream, SharedObjects } from "../../src/streams/index.ts";
import { CONFIG, type World } from "./world.ts";

/** A stream's runs in one process, each from the state that the one before has left. */
export class StreamRuns {
  readonly #run: (state: JsonObject) => AsyncIterable<Step>;
  #state: JsonObject = {};

  constructor({ reader, ports }: World, definition: StreamDefinition, events?: StreamEvents) {
    const { startSeconds, rereadAfterSeconds, rereadInsightsAfterSeconds, rereadRequestsPerPass } =
      parseEndpointConfig(CONFIG);
    const modes = { until: "follow", syncMode: "incremental" } as const;
    const settings = {
      ...modes,
      startSeconds,
      rereadAfterSeconds,
      rereadInsightsAfterSeconds,
      rereadRequestsPerPass,
      shared: new SharedObjects(),
    };
    const stream = bindStream(definition, { reader, ports, ...settings, events });
    this.#run = (state) => stream.run(state, new AbortController().signal);
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
