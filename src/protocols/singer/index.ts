import type { Writable } from "node:stream";
import type { Connector } from "../../connector.ts";
import { readJsonObjectFile } from "../../shared/json-file.ts";
import { LineWriter } from "../../shared/line-writer.ts";
import type { Ports } from "../../shared/ports.ts";
import { discoveredCatalog } from "./catalog.ts";
import { endpointConfig, everything, readSelection } from "./input.ts";
import type { SingerMessage } from "./output.ts";
import { sync } from "./run.ts";
import { SingerState } from "./state.ts";

/** The paths of the files that a runner hands over. */
export interface SingerFiles {
  readonly config: string;
  /** Without it, all of every stream is read. */
  readonly catalog?: string | undefined;
  /** What the last STATE of an earlier run held. */
  readonly state?: string | undefined;
}

export interface SingerProtocolOptions {
  readonly connector: Connector;
  readonly stdout: Writable;
  readonly ports: Pick<Ports, "clock" | "log">;
  /** Aborted when the run is asked to end, which it does at a checkpoint. */
  readonly signal: AbortSignal;
}

/** The catalog of all streams, as a runner gets it from `--discover`. It asks nobody. */
export function singerCatalog(): string {
  return JSON.stringify(discoveredCatalog(), null, 2);
}

/**
 * Writes the selected streams as Singer messages, one pass over each, and gives the names of those that
 * could not be read. Throws a `ConnectorError` for what keeps all of them from being read.
 */
export async function runSingerProtocol(
  files: SingerFiles,
  { connector, stdout, ports, signal }: SingerProtocolOptions,
): Promise<string[]> {
  const config = endpointConfig(await readJsonObjectFile(files.config, "config"));
  const streams = files.catalog
    ? readSelection(await readJsonObjectFile(files.catalog, "catalog"))
    : everything();
  if (streams.length === 0) ports.log.warn("The catalog selects no stream, so nothing is read.");
  const state = new SingerState(files.state ? await readJsonObjectFile(files.state, "state") : {}, streams);
  await connector.proveCredentials(config, signal);
  const writer = new LineWriter<SingerMessage>(stdout);
  return sync({ connector, config, streams, state, writer, ports, signal });
}
