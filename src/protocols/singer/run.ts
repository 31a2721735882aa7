import { bindingFor, type CaptureEvent, type Connector } from "../../connector.ts";
import type { Block, Document } from "../../engine/index.ts";
import { ConnectorError } from "../../errors.ts";
import {
  BACKFILL_REPORT_MS,
  type BackfillStanding,
  Backfills,
  backfillText,
} from "../../shared/backfills.ts";
import { repeatEvery } from "../../shared/clock.ts";
import type { LineWriter } from "../../shared/line-writer.ts";
import { logWith } from "../../shared/log.ts";
import type { Log, Ports } from "../../shared/ports.ts";
import type { StreamName } from "../../streams/index.ts";
import { recordCountMetric } from "./metrics.ts";
import type { SingerMessage } from "./output.ts";
import { RecordMaker } from "./output.ts";
import type { SelectedStream } from "./selection.ts";
import type { SingerState } from "./state.ts";

/** A STATE holds the whole state of all streams, so it is written after this many records, or this long after the last. */
const RECORDS_PER_STATE = 1_000;
const LONGEST_WITHOUT_STATE_MS = 60_000;

export interface SyncOptions {
  readonly connector: Connector;
  /** The endpoint config. */
  readonly config: unknown;
  readonly streams: readonly SelectedStream[];
  readonly state: SingerState;
  readonly writer: LineWriter<SingerMessage>;
  readonly ports: Pick<Ports, "clock" | "log">;
  /** Gets the measurements, at the level info. */
  readonly metrics: Pick<Log, "info">;
  readonly signal: AbortSignal;
}

/** Makes one pass over the selected streams, and returns the names of those that could not be read. */
export async function sync(options: SyncOptions): Promise<StreamName[]> {
  const run = new SyncRun(options);
  const { streams, ports } = options;
  await run.begin();
  const cancel = repeatEvery(ports.clock, BACKFILL_REPORT_MS, () => run.report());
  try {
    const tables = streams.filter(({ isFullTable }) => isFullTable);
    const read = await run.pass(streams);
    await run.activate(await run.pass(tables.filter(({ name }) => read.has(name))));
  } catch (error) {
    if (error instanceof ConnectorError) await run.end();
    throw error;
  } finally {
    cancel();
  }
  await run.end();
  return run.failed;
}

class SyncRun {
  readonly #options: SyncOptions;
  readonly #makers: ReadonlyMap<StreamName, RecordMaker>;
  readonly #failed = new Set<StreamName>();
  #recordsSinceState = 0;
  #isStateStale = false;
  #statedMs = -Infinity;
  /** The blocks that no STATE covers yet. */
  #uncommitted: Block[] = [];
  /** The backfills of the present pass. */
  #underWay: () => Iterable<[StreamName, BackfillStanding]> = () => [];

  constructor(options: SyncOptions) {
    this.#options = options;
    const { streams, state, ports } = options;
    this.#makers = new Map(
      streams.map((stream) => {
        const version = stream.isFullTable ? state.nextVersion(stream.name, ports.clock.now()) : undefined;
        return [stream.name, new RecordMaker(stream, version, logWith(ports.log, { stream: stream.name }))];
      }),
    );
  }

  get failed(): StreamName[] {
    return [...this.#failed];
  }

  /**
   * Writes the schemas and the state of the last run. That state comes before the first record, because
   * loaders that commit stream by stream pass the first STATE on without waiting for records.
   */
  async begin(): Promise<void> {
    const { streams, state, writer } = this.#options;
    for (const stream of streams) {
      await writer.write(schemaMessage(stream));
      const isFirstRun = !state.knows(stream.name);
      if (stream.isFullTable && isFirstRun) await this.#writeActivation(stream.name);
    }
    await this.#writeState();
  }

  /** Makes one pass over the streams, from their state on. Returns the names of those that were read to the end. */
  async pass(streams: readonly SelectedStream[]): Promise<Set<StreamName>> {
    const { connector, config, state, signal } = this.#options;
    const done = new Set<StreamName>();
    if (streams.length === 0) return done;
    const nameOf = (binding: number) => (streams[binding] as SelectedStream).name;
    const backfills = new Backfills(this.#options.ports.clock, connector.mostPerMinute(config).rows);
    this.#underWay = function* () {
      for (const [binding, standing] of backfills.underWay()) yield [nameOf(binding), standing];
    };
    const blocks = connector.capture({
      config,
      bindings: streams.map(({ name }) => bindingFor(name)),
      state: state.forEngine,
      until: "pass",
      signal,
      onEvent: (event: CaptureEvent) => {
        const { kind, binding } = event;
        backfills.onEvent(event);
        if (kind === "done") done.add(nameOf(binding));
        if (kind === "failed") this.#failed.add(nameOf(binding));
      },
    });
    for await (const block of blocks) await this.#take(nameOf(block.binding), block);
    return done;
  }

  /** Activates the new version of each table, so that targets remove the rows of earlier versions. */
  async activate(tables: ReadonlySet<StreamName>): Promise<void> {
    const { state, ports } = this.#options;
    for (const name of tables) {
      this.#isStateStale = true;
      const { isEmpty } = this.#maker(name);
      if (isEmpty && !state.isEmptinessBelieved(name, Math.floor(ports.clock.now() / 1000)))
        logWith(ports.log, { stream: name }).warn(
          "The table had rows and is read without any, so its new version is not activated yet: the rows are removed by a run that finds it still empty after an hour.",
        );
      else state.activated(name, await this.#writeActivation(name), isEmpty);
    }
  }

  /** Writes a last STATE: records without a STATE after them would be read again by the next run. */
  async end(): Promise<void> {
    if (this.#isStateStale) await this.#writeState();
    this.#measure(new Map());
    for (const maker of this.#makers.values()) maker.logCounts();
  }

  /** Reports the backfills that are under way, and the records since the last report. */
  report(): void {
    const underWay = new Map(this.#underWay());
    for (const [stream, standing] of underWay)
      logWith(this.#options.ports.log, { stream }).info(`backfill ${backfillText(standing)}`);
    this.#measure(underWay);
  }

  #measure(underWay: ReadonlyMap<StreamName, BackfillStanding>): void {
    for (const [stream, maker] of this.#makers) {
      const records = maker.takeCount();
      const standing = underWay.get(stream);
      if (records > 0 || standing) this.#options.metrics.info(recordCountMetric(stream, records, standing));
    }
  }

  async #writeRecord(name: StreamName, doc: Document): Promise<void> {
    const { writer, ports } = this.#options;
    this.#recordsSinceState += 1;
    await writer.write(this.#maker(name).message(doc, ports.clock.now()));
  }

  async #take(name: StreamName, block: Block): Promise<void> {
    const { state, ports } = this.#options;
    for (const doc of block.documents) await this.#writeRecord(name, doc);
    state.patch(name, block.patch);
    this.#isStateStale = true;
    this.#uncommitted.push(block);
    const isDue =
      this.#recordsSinceState >= RECORDS_PER_STATE ||
      ports.clock.now() >= this.#statedMs + LONGEST_WITHOUT_STATE_MS;
    if (isDue) await this.#writeState();
  }

  async #writeState(): Promise<void> {
    const { state, writer, ports } = this.#options;
    await writer.write({ type: "STATE", value: state.value });
    await writer.flush();
    this.#recordsSinceState = 0;
    this.#isStateStale = false;
    this.#statedMs = ports.clock.now();
    for (const block of this.#uncommitted.splice(0)) block.committed();
  }

  async #writeActivation(name: StreamName): Promise<number> {
    const { version } = this.#maker(name);
    if (version === undefined) throw new RangeError(`${name} is not read whole`);
    await this.#options.writer.write({ type: "ACTIVATE_VERSION", stream: name, version });
    return version;
  }

  #maker(name: StreamName): RecordMaker {
    const maker = this.#makers.get(name);
    if (!maker) throw new RangeError(`${name} is not selected`);
    return maker;
  }
}

export function schemaMessage({ name, schema, keyField, replicationKeys }: SelectedStream): SingerMessage {
  return {
    type: "SCHEMA",
    stream: name,
    schema,
    key_properties: [keyField],
    ...(replicationKeys.length > 0 && { bookmark_properties: replicationKeys }),
  };
}
