import type { Emulator } from "../../emulator/index.ts";
import { type Block, bindingPatch, type Document, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { type ListedStreamName, listedStreamNames, streams } from "../../src/streams/index.ts";
import { LIVE_FIELD } from "../support/replica.ts";

/** Of these, a restart captures nothing again that has not changed. */
const KNOWN_BY_STATE: readonly ListedStreamName[] = [
  "calls",
  "users",
  "teams",
  "numbers",
  "tags",
  "webhooks",
  "company",
];

/**
 * Everything that whoever keeps a capture has: a collection for each stream, by key, and the state.
 * What no capture may ever emit is refused at once.
 */
export class Collections {
  readonly rows = new Map<ListedStreamName, Map<string, string>>(
    listedStreamNames.map((name) => [name, new Map()]),
  );
  state: JsonObject = {};
  readonly #emulator: Emulator;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** A process has died: the state is kept as text. */
  restart(): void {
    const text = JSON.stringify(this.state);
    if (/[[:,]null[\],}]/.test(text)) throw new Error(`the state holds a null: ${text}`);
    this.state = JSON.parse(text) as JsonObject;
  }

  take({ binding, documents, patch, committed }: Block, bindings: readonly ListedStreamName[]): void {
    const stream = bindings[binding];
    if (!stream) throw new Error(`there is no binding ${binding}`);
    for (const doc of documents) this.#check(stream, doc);
    const before = this.state;
    this.state = mergePatch(before, bindingPatch(stream, patch));
    checkCursorsOnward(before, this.state);
    for (const doc of documents) this.#keep(stream, doc);
    committed();
  }

  /** What the account holds now, by key, as the collection should have it. */
  truth(stream: ListedStreamName): Map<string, string> {
    const rows = [...this.#emulator.truth(stream)] as JsonObject[];
    return new Map(rows.map((row) => [keyOf(stream, row), lasting(row)]));
  }

  of(stream: ListedStreamName): Map<string, string> {
    return this.rows.get(stream) ?? new Map();
  }

  #check(stream: ListedStreamName, doc: Document): void {
    const key = doc[streams[stream].keyField];
    if (typeof key !== "string" && typeof key !== "number") throw new Error(`${stream} gave the key ${key}`);
    if (doc._meta.op === "d" && this.truth(stream).has(String(key))) {
      throw new Error(`${stream} ${key} lives, and was captured as deleted`);
    }
  }

  #keep(stream: ListedStreamName, doc: Document): void {
    const key = keyOf(stream, doc);
    const rows = this.of(stream);
    const { _meta, ...row } = doc;
    if (_meta.op === "d") {
      rows.delete(key);
      return;
    }
    const version = lasting(row);
    if (KNOWN_BY_STATE.includes(stream) && rows.get(key) === version) {
      throw new Error(`${stream} ${key} was captured again, and had not changed`);
    }
    rows.set(key, version);
  }
}

function keyOf(stream: ListedStreamName, row: JsonObject): string {
  return String(row[streams[stream].keyField]);
}

/** A row as text, less its secrets and what differs at each reading: signatures of links, and live fields of what is nested. */
export function lasting(row: JsonObject): string {
  const fields = Object.keys(row).filter((name) => name !== "token");
  return fields.map((name) => `${name}: ${JSON.stringify(row[name], lastingValue)}`).join("\n");
}

function lastingValue(name: string, value: unknown): unknown {
  if (LIVE_FIELD.test(name)) return undefined;
  return typeof value === "string" && value.includes("?X-Amz-") ? value.slice(0, value.indexOf("?")) : value;
}

/** Cursors that only ever go on: those of the re-reads of calls, the watermark of contacts. */
function checkCursorsOnward(before: JsonObject, after: JsonObject): void {
  const [old, now] = [before, after].map(
    (state) => (state.bindingStateV1 ?? {}) as Record<string, Record<string, unknown>>,
  );
  const rungs = Object.entries((old?.calls?.rungs ?? {}) as Record<string, number>);
  const moved = (now?.calls?.rungs ?? {}) as Record<string, number>;
  const hasFallen = rungs.some(([age, cursor]) => (moved[age] ?? -Infinity) < cursor);
  if (hasFallen) throw new Error(`a re-read cursor went back from ${JSON.stringify(rungs)}`);
  const [was = 0, is = 0] = [old, now].map((state) => Number(state?.contacts?.watermark ?? 0));
  if (is < was) throw new Error(`the watermark went back from ${was} to ${is}`);
}
