import type { AircallReader } from "../aircall/index.ts";
import type { Arrivals, Stream } from "../engine/index.ts";
import type { Ports } from "../shared/ports.ts";
import type { AircallEvent } from "./aircall-event.ts";
import type { StreamDefinition } from "./definition.ts";
import { MalformedRows } from "./malformed-rows.ts";
import { DigestMemory, remembering } from "./memory.ts";
import type { SyncMode } from "./source.ts";
import type { TouchedIds } from "./touched.ts";

/** The settings of one binding, and the ports that its stream runs with. */
export interface BindingOptions {
  /** Makes the reader of one run, whose requests and waits end with the signal. */
  readonly reader: (signal: AbortSignal) => AircallReader;
  readonly ports: Pick<Ports, "clock" | "log">;
  readonly syncMode: SyncMode;
  /** The definition's own interval unless it is configured. */
  readonly intervalMs?: number | undefined;
  /** Calls that started before this instant are not read; Unix seconds. */
  readonly startSeconds: number;
  /** The ages at which calls are read again, in seconds. */
  readonly rereadAfterSeconds: readonly number[];
  /** The objects of the stream that events name. Left out, no events are received. */
  readonly touched?: TouchedIds | undefined;
  /** The events that the stream captures. Left out, no events are received. */
  readonly arrivals?: Arrivals<AircallEvent> | undefined;
  /** Called with the number of rows that were skipped so far, each time that another row is skipped. */
  readonly onSkipped?: (rows: number) => void;
}

/** The stream of one binding, as the engine runs it. What the binding remembers outlives its runs. */
export function bindStream(definition: StreamDefinition, options: BindingOptions): Stream {
  const {
    reader,
    ports,
    syncMode,
    startSeconds,
    rereadAfterSeconds,
    touched,
    arrivals,
    onSkipped = () => {},
  } = options;
  const { clock, log } = ports;
  const { name, keyField, secretFields = [] } = definition;
  const intervalMs = options.intervalMs ?? definition.intervalMs;
  const memory = new DigestMemory();
  const malformed = new MalformedRows(log, onSkipped);
  const settings = { intervalMs, syncMode, startSeconds, rereadAfterSeconds, touched, arrivals };
  return {
    name,
    key: [`/${keyField}`],
    run(state, signal) {
      touched?.begin();
      arrivals?.begin();
      const source = { api: reader(signal), clock, log, memory, malformed, secretFields, ...settings };
      return remembering(memory, definition.run(source, state));
    },
  };
}
