import type { AircallReader } from "../aircall/index.ts";
import type { Arrivals, Stream } from "../engine/index.ts";
import type { Ports } from "../shared/ports.ts";
import type { AircallEvent } from "./aircall-event.ts";
import type { StreamDefinition } from "./definition.ts";
import { MalformedRows } from "./malformed-rows.ts";
import { DigestMemory, remembering } from "./memory.ts";
import type { SharedObjects } from "./shared-objects.ts";
import type { SourceSettings } from "./source.ts";
import type { TouchedIds } from "./touched.ts";

/** What events bring to one stream. */
export interface StreamEvents {
  readonly arrivals?: Arrivals<AircallEvent>;
  readonly touched?: TouchedIds;
  readonly areEventsComing: () => boolean;
}

/** The settings of one binding, and the ports that its stream runs with. */
export interface BindingOptions extends Omit<SourceSettings, "intervalMs"> {
  /** Makes the reader of one run, whose requests and waits end with the signal. */
  readonly reader: (signal: AbortSignal) => AircallReader;
  readonly ports: Pick<Ports, "clock" | "log">;
  /** The definition's own interval unless it is configured. */
  readonly intervalMs?: number | undefined;
  /** One for all bindings of a session. */
  readonly shared: SharedObjects;
  /** What events bring to the stream. Left out, no events are received. */
  readonly events?: StreamEvents | undefined;
  /** Called with the number of rows that were skipped so far, each time that another row is skipped. */
  readonly onSkipped?: (rows: number) => void;
}

/** The stream of one binding, as the engine runs it. What the binding remembers outlives its runs. */
export function bindStream(definition: StreamDefinition, options: BindingOptions): Stream {
  const { reader, ports, events, onSkipped = () => {}, ...configured } = options;
  const settings = { ...configured, intervalMs: configured.intervalMs ?? definition.intervalMs };
  const { clock, log } = ports;
  const { name, keyField, secretFields = [] } = definition;
  const memory = new DigestMemory();
  const malformed = new MalformedRows(log, onSkipped);
  return {
    name,
    key: [`/${keyField}`],
    run(state, signal) {
      events?.touched?.begin();
      events?.arrivals?.begin();
      const own = { api: reader(signal), clock, log, memory, malformed, secretFields };
      const source = { ...own, ...settings, ...events };
      return remembering(memory, definition.run(source, state));
    },
  };
}
