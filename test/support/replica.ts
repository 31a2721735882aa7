import type { Emulator } from "../../emulator/index.ts";
import { bindingPatch, type Document, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { type RequestedStreamName, streams } from "../../src/streams/index.ts";
import { type CaptureOptions, capture, withinLines } from "./capture.ts";
import type { World } from "./world.ts";

/** Shows the moment of reading wherever it is nested. */
export const LIVE_FIELD = /^(available|availability_status|substatus|open)$/;

export interface ReplicaOptions extends Pick<CaptureOptions, "config" | "resource"> {
  /** What the stream itself kept before. */
  readonly state?: JsonObject;
}

/**
 * A collection as whoever keeps it sees it: documents count once a checkpoint covers them, and
 * every pass begins from the state that was kept with them.
 */
export class Replica {
  readonly rows = new Map<string, Document>();
  /** The connector state. */
  state: JsonObject;
  readonly #world: World;
  readonly #stream: RequestedStreamName;
  readonly #options: ReplicaOptions;

  constructor(world: World, stream: RequestedStreamName, options: ReplicaOptions = {}) {
    this.#world = world;
    this.#stream = stream;
    this.#options = options;
    this.state = options.state === undefined ? {} : bindingPatch(stream, options.state);
  }

  /**
   * Makes a pass, or as much of one as fits into so many lines of output, of which a block takes one
   * for each document and one for its patch. Returns the documents that were kept.
   */
  async pass(lines = Number.POSITIVE_INFINITY): Promise<Document[]> {
    const kept: Document[] = [];
    const { config = {}, resource = {} } = this.#options;
    const options = { config, resource, state: copy(this.state) };
    for await (const block of withinLines(lines, capture(this.#world.connector, [this.#stream], options))) {
      this.state = mergePatch(this.state, bindingPatch(this.#stream, copy(block.patch)));
      const documents = copy(block.documents);
      for (const document of documents) this.#keep(document);
      kept.push(...documents);
      block.committed();
    }
    return kept;
  }

  /** What the stream itself keeps. */
  get ownState(): JsonObject {
    const bindings = this.state.bindingStateV1 as JsonObject;
    return bindings[this.#stream] as JsonObject;
  }

  /** The rows as Aircall gave them, in the order of their keys, less what shows the moment of reading. */
  get documents(): JsonObject[] {
    return [...this.rows.values()].map(({ _meta, ...row }) => lasting(row)).sort(this.#byKey);
  }

  /** What the account holds, as this collection should have it. */
  truth(emulator: Emulator = this.#world.emulator): JsonObject[] {
    const rows = [...emulator.truth(this.#stream)] as JsonObject[];
    return rows.map((row) => withoutSecrets(lasting(row))).sort(this.#byKey);
  }

  #keep(document: Document): void {
    const key = String(document[streams[this.#stream].keyField]);
    if (document._meta.op === "d") this.rows.delete(key);
    else this.rows.set(key, document);
  }

  readonly #byKey = (left: JsonObject, right: JsonObject): number => {
    const { keyField } = streams[this.#stream];
    return String(left[keyField]) < String(right[keyField]) ? -1 : 1;
  };
}

export function idsOf(documents: readonly JsonObject[]): (string | number)[] {
  return documents.map(({ call_id, id, name }) => (call_id ?? id ?? name) as string | number);
}

function copy<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

/** A row less what is no change of it: the signatures of links, and live fields of the users and numbers in it. */
function lasting(row: JsonObject): JsonObject {
  const unsigned = JSON.parse(JSON.stringify(row).replace(/\?X-Amz-[^"]*/g, "")) as JsonObject;
  const fields = Object.entries(unsigned).map(([name, value]) => [
    name,
    JSON.parse(JSON.stringify(value, (field, nested) => (LIVE_FIELD.test(field) ? undefined : nested))),
  ]);
  return Object.fromEntries(fields);
}

/** Only webhooks carry any. */
function withoutSecrets({ token: _, ...row }: JsonObject): JsonObject {
  return row;
}
