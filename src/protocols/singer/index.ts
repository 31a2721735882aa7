import type { Writable } from "node:stream";
import type { Environment } from "../../config/index.ts";
import { connectorFor } from "../../connector.ts";
import { DONE, FAILED, STOPPED } from "../../shared/exit-codes.ts";
import { LineWriter } from "../../shared/line-writer.ts";
import { levelledLog, plainLog } from "../../shared/log.ts";
import type { Ports } from "../../shared/ports.ts";
import type { Redactor } from "../../shared/redactor.ts";
import { discoveredCatalog } from "./catalog.ts";
import { readCatalogFile, readConfigFile, readStateFile } from "./input.ts";
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
  readonly env: Environment;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly ports: Omit<Ports, "log">;
  /** Gets the secrets of the config, for the caller that reports what is thrown. */
  readonly redactor: Redactor;
  /** Aborted when the run is asked to end, which it does at a checkpoint. */
  readonly signal: AbortSignal;
}

/** The catalog of all streams, as a runner gets it from `--discover`. No request is sent to the API. */
export function singerCatalog(): string {
  return JSON.stringify(discoveredCatalog(), null, 2);
}

/**
 * Writes the selected streams as Singer messages, one pass over each, and returns the exit code. Throws a
 * `ConnectorError` that keeps all streams from being read.
 */
export async function runSingerProtocol(files: SingerFiles, options: SingerProtocolOptions): Promise<number> {
  const { env, stdout, stderr, redactor, signal } = options;
  const writeLine = (line: string) => void stderr.write(`${line}\n`);
  const logOptions = { level: env.LOG_LEVEL, redactor };
  const ports = { ...options.ports, log: plainLog(logOptions, writeLine, "info") };
  // The form in which Singer's own library writes and recognises metrics.
  const metrics = levelledLog(logOptions, "info", (level, message) =>
    writeLine(`${level.toUpperCase()} ${message}`),
  );
  const connector = connectorFor(env, ports, redactor);
  const config = await readConfigFile(files.config);
  const streams = await readCatalogFile(files.catalog);
  if (streams.length === 0) ports.log.warn("The catalog selects no stream, so nothing is read.");
  const state = new SingerState(await readStateFile(files.state), streams);
  await connector.proveCredentials(config, signal);
  const writer = new LineWriter<SingerMessage>(stdout);
  const failed = await sync({ connector, config, streams, state, writer, ports, metrics, signal });
  if (signal.aborted) {
    writeLine("Stopped early: run again with the last state to go on.");
    return STOPPED;
  }
  if (failed.length === 0) return DONE;
  writeLine(`Not read whole, for the reasons above: ${failed.join(", ")}.`);
  return FAILED;
}
