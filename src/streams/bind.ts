import type { AircallReader } from "../aircall/index.ts";
import type { Stream } from "../engine/index.ts";
import type { Ports } from "../shared/ports.ts";
import type { StreamDefinition } from "./definition.ts";
import { MalformedRows } from "./malformed-rows.ts";
import { DigestMemory, remembering } from "./memory.ts";
import type { SourceSettings } from "./source.ts";

/** The settings of one binding, and the ports that its stream runs with. */
export interface BindingOptions extends Omit<SourceSettings, "intervalMs"> {
  /** Makes the reader of one run, whose requests and waits end with the signal. */
  readonly reader: (signal: AbortSignal) => AircallReader;
  readonly ports: Pick<Ports, "clock" | "log">;
  /** The definition's own interval unless it is configured. */
  readonly intervalMs?: number | undefined;
  /** Called with the number of rows that were skipped so far, each time that another row is skipped. */
  readonly onSkipped?: (rows: number) => void;
}

/** The stream of one binding, as the engine runs it. What the binding remembers outlives its runs. */
export function bindStream(definition: StreamDefinition, options: BindingOptions): Stream {
  const { reader, ports, onSkipped = () => {}, intervalMs = definition.intervalMs, ...settings } = options;
  const { clock, log } = ports;
  const { name, keyField, secretFields = [] } = definition;
  const memory = new DigestMemory();
  const malformed = new MalformedRows(log, onSkipped);
  return {
    name,
    key: [`/${keyField}`],
    run(state, signal) {
      const source = {
        api: reader(signal),
        clock,
        log,
        memory,
        malformed,
        secretFields,
        ...settings,
        intervalMs,
      };
      return remembering(memory, definition.run(source, state));
    },
  };
}
