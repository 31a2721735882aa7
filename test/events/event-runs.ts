import type { AircallReader } from "../../src/aircall/index.ts";
import { Arrivals, type Document, mergePatch, runSession } from "../../src/engine/index.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import type { AircallEvent } from "../../src/streams/aircall-event.ts";
import type { StreamDefinition } from "../../src/streams/definition.ts";
import { bindStream, SharedObjects } from "../../src/streams/index.ts";
import { TestClock } from "../support/clock.ts";
import { rememberingLog } from "../support/world.ts";

/** The present of the clock of `EventRuns`, in Unix seconds. */
export const NOW = Math.floor(new TestClock().now() / 1000);

/** An event as the port hands it over. */
export function eventOf(event: string, timestamp: number, data: JsonObject): AircallEvent {
  const event_id = `${event} ${data.id} ${timestamp}`;
  return { event_id, event, resource: event.split(".")[0] ?? "", timestamp, data };
}

export interface EventRunsOptions {
  /** Whether events are received; they are unless told otherwise. */
  readonly receives?: boolean;
}

/**
 * A stream that captures events, in passes that each begin from the state that the one before has left, and a
 * collection that keeps what it captures as Flow reduces it.
 */
export class EventRuns {
  readonly arrivals = new Arrivals<AircallEvent>();
  readonly clock = new TestClock();
  readonly log = rememberingLog();
  /** The fields of the last document of each key, or those of all its documents where the stream merges them. */
  readonly rows = new Map<Json | undefined, JsonObject>();
  state: JsonObject = {};
  skippedCount = 0;
  readonly #definition: StreamDefinition;
  readonly #receives: boolean;

  constructor(definition: StreamDefinition, { receives = true }: EventRunsOptions = {}) {
    this.#definition = definition;
    this.#receives = receives;
  }

  /** Lets the events come, and makes a pass in a process of its own. Returns the documents. */
  async pass(...events: readonly AircallEvent[]): Promise<Document[]> {
    const captured = events.map((event) => this.arrivals.add(event));
    const documents: Document[] = [];
    for await (const block of this.blocks()) {
      this.state = mergePatch(this.state, block.patch);
      for (const document of block.documents) this.#keep(document);
      documents.push(...block.documents);
      block.committed();
    }
    await Promise.all(captured);
    return documents;
  }

  /** The blocks of one pass, which count once the test commits them. */
  blocks() {
    const { name } = this.#definition;
    const ports = { clock: this.clock, log: this.log };
    const stream = bindStream(this.#definition, {
      reader: () => undefined as unknown as AircallReader,
      ports,
      syncMode: "incremental",
      startSeconds: 0,
      rereadAfterSeconds: [],
      until: "pass",
      rereadRequestsPerPass: 0,
      rereadInsightsAfterSeconds: [],
      shared: new SharedObjects(),
      events: this.#receives ? { arrivals: this.arrivals, areEventsComing: () => true } : undefined,
      onSkipped: (rows) => {
        this.skippedCount = rows;
      },
    });
    return runSession({
      bindings: [{ stateKey: name, stream }],
      state: { bindingStateV1: { [name]: this.state } },
      until: "pass",
      signal: new AbortController().signal,
      ports,
    });
  }

  #keep({ _meta, ...fields }: Document): void {
    const key = fields[this.#definition.keyField];
    this.rows.set(key, this.#definition.merges ? { ...this.rows.get(key), ...fields } : fields);
  }
}
