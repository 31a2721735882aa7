import { type Block, bindingPatch, type Document, mergePatch } from "../../engine/index.ts";
import type { ConnectorError } from "../../errors.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { Clock, Log } from "../../shared/ports.ts";
import type { Redactor } from "../../shared/redactor.ts";
import type { ConfiguredStream } from "./input.ts";
import {
  type AirbyteWriter,
  errorTrace,
  replacedFields,
  row,
  rowEstimate,
  type Status,
  streamStatus,
} from "./output.ts";

/** No more records come between two states of a stream, unless a single checkpoint covers more. */
const RECORDS_PER_STATE = 1_000;

/** A stream that reads much and emits few records writes its state when the last one is this old. */
const LONGEST_BETWEEN_STATES_MS = 60_000;

export interface StreamRunOptions {
  readonly configured: ConfiguredStream;
  /** Where an incremental read begins. A full refresh begins without a state. */
  readonly state: JsonObject | undefined;
  readonly writer: AirbyteWriter;
  readonly clock: Pick<Clock, "now">;
  readonly redactor: Redactor;
  readonly log: Log;
}

/** One stream of a read: it writes records, states and statuses in the order that Airbyte requires. */
export class StreamRun {
  readonly configured: ConfiguredStream;
  readonly #writer: AirbyteWriter;
  readonly #clock: Pick<Clock, "now">;
  readonly #redactor: Redactor;
  readonly #log: Log;
  readonly #replaced = new Set<string>();
  /** The connector state, as far as it is this stream's. */
  #state: JsonObject;
  #status: Status | undefined;
  #recordsSinceState = 0;
  #statedMs: number;
  /** The blocks that no state covers yet. */
  #uncovered: Block[] = [];
  /** The blocks that a state covers, which the output has perhaps not taken yet. */
  #covered: Block[] = [];

  constructor({ configured, state, writer, clock, redactor, log }: StreamRunOptions) {
    this.#log = log;
    this.configured = configured;
    this.#state = this.#isIncremental && state ? state : {};
    this.#writer = writer;
    this.#clock = clock;
    this.#redactor = redactor;
    this.#statedMs = clock.now();
  }

  get state(): JsonObject {
    return this.#state;
  }

  get status(): Status | undefined {
    return this.#status;
  }

  get isOver(): boolean {
    return this.#status === "COMPLETE" || this.#status === "INCOMPLETE";
  }

  start(): void {
    this.#writeStatus("STARTED");
  }

  /** Writes the records of a block, and a state when one is due. */
  async take(block: Block): Promise<void> {
    const { documents, patch } = block;
    const emitted = this.#isIncremental ? documents : documents.filter(({ _meta }) => _meta.op !== "d");
    const isTooMuchForOne = this.#recordsSinceState + emitted.length > RECORDS_PER_STATE;
    if (isTooMuchForOne && this.#recordsSinceState > 0) this.#writeState();
    if (emitted.length > 0 && this.#status === "STARTED") this.#writeStatus("RUNNING");
    for (const document of emitted) await this.#write(document);
    this.#recordsSinceState += emitted.length;
    this.#state = mergePatch(this.#state, bindingPatch(this.configured.stream, patch));
    this.#uncovered.push(block);
    if (this.#isStateDue()) this.#writeState();
    await this.#writer.flush();
    this.commitCovered();
  }

  /** To be called when the output has taken all that was written. */
  commitCovered(): void {
    for (const block of this.#covered.splice(0)) block.committed();
  }

  /** How many rows the stream is expected to emit in all, by the present count. */
  estimate(rows: number): void {
    this.#writer.push(rowEstimate(this.configured.name, rows, this.#clock.now()));
  }

  complete(): void {
    this.#writeState();
    this.#writeStatus("COMPLETE");
  }

  fail(error: ConnectorError): void {
    const stream = this.configured.name;
    this.#writer.push(errorTrace({ error, nowMs: this.#clock.now(), redactor: this.#redactor, stream }));
    this.breakOff();
  }

  /** Ends the stream early. A state covers the records so far, so that the next read need not repeat them. */
  breakOff(): void {
    this.#writeState();
    this.#writeStatus("INCOMPLETE");
  }

  get #isIncremental(): boolean {
    return this.configured.syncMode === "incremental";
  }

  #isStateDue(): boolean {
    const isOld = this.#clock.now() >= this.#statedMs + LONGEST_BETWEEN_STATES_MS;
    return isOld || this.#recordsSinceState >= RECORDS_PER_STATE;
  }

  #write(document: Document): Promise<void> {
    for (const field of replacedFields(document)) this.#warnOfReplaced(field);
    const emitted_at = this.#clock.now();
    const record = { stream: this.configured.name, data: row(document, emitted_at), emitted_at };
    return this.#writer.write({ type: "RECORD", record });
  }

  #warnOfReplaced(field: string): void {
    if (this.#replaced.has(field)) return;
    this.#replaced.add(field);
    const reason = "it says when a row was changed or deleted";
    this.#log.warn(`Aircall has a field "${field}" of its own, which is left out: ${reason}`);
  }

  /** The state of a full refresh is empty, so that an incremental read does not continue from an incomplete one. */
  #writeState(): void {
    const stream = {
      stream_descriptor: { name: this.configured.name },
      stream_state: this.#isIncremental ? this.#state : {},
    };
    const sourceStats = { recordCount: this.#recordsSinceState };
    this.#writer.push({ type: "STATE", state: { type: "STREAM", stream, sourceStats } });
    this.#recordsSinceState = 0;
    this.#statedMs = this.#clock.now();
    this.#covered.push(...this.#uncovered.splice(0));
  }

  #writeStatus(status: Status): void {
    this.#status = status;
    this.#writer.push(streamStatus(this.configured.name, status, this.#clock.now()));
  }
}
