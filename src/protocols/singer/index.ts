import type { Writable } from "node:stream";
import type { Environment } from "../../config/index.ts";
import { type Connector, connectorFor } from "../../connector.ts";
import { DONE, FAILED, STOPPED } from "../../shared/exit-codes.ts";
import type { JsonObject } from "../../shared/json.ts";
import { LineWriter } from "../../shared/line-writer.ts";
import { levelledLog, plainLog } from "../../shared/log.ts";
import type { Log, Ports } from "../../shared/ports.ts";
import type { Redactor } from "../../shared/redactor.ts";
import { visible } from "../../shared/visible.ts";
import { discoveredCatalog } from "./catalog.ts";
import { readConfig } from "./config.ts";
import { readCatalogFile, readStateFile } from "./input.ts";
import type { SingerMessage } from "./output.ts";
import { schemaMessage, sync } from "./run.ts";
import type { SelectedStream } from "./selection.ts";
import { SingerState } from "./state.ts";

export { type AboutFormat, about } from "./about.ts";

/** What a runner hands over: the paths of files. */
export interface SingerInput {
  /** `ENV` stands for the environment variables of the tap's settings. */
  readonly config: readonly string[];
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
export async function runSingerProtocol(input: SingerInput, options: SingerProtocolOptions): Promise<number> {
  const { stdout, signal } = options;
  const { connector, config, streams, ports, metrics, writeLine } = await begin(input, options);
  if (streams.length === 0) ports.log.warn("The catalog selects no stream, so nothing is read.");
  const state = new SingerState(await readStateFile(input.state, ports.log), streams);
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

/** Verifies the key and reads a page of each selected stream. Writes no messages; returns the exit code. */
export async function testSinger(input: SingerInput, options: SingerProtocolOptions): Promise<number> {
  const { connector, config, streams, writeLine } = await begin(input, options);
  const names = streams.map(({ name }) => name);
  const checks = await connector.check(config, names, options.signal);
  for (const { stream, error } of checks) writeLine(visible(`${stream}: ${error ? error.message : "ok"}`));
  return checks.some(({ error }) => error) ? FAILED : DONE;
}

/** Writes the schemas of the selected streams. No request is sent to the API. */
export async function writeSingerSchemas(
  input: SingerInput,
  options: SingerProtocolOptions,
): Promise<number> {
  const { streams } = await begin(input, options);
  const writer = new LineWriter<SingerMessage>(options.stdout);
  for (const stream of streams) await writer.write(schemaMessage(stream));
  await writer.flush();
  return DONE;
}

interface Begun {
  readonly connector: Connector;
  readonly config: JsonObject;
  readonly streams: readonly SelectedStream[];
  readonly ports: Ports;
  /** In the form in which Singer's own library writes and recognises metrics. */
  readonly metrics: Log;
  readonly writeLine: (line: string) => void;
}

/** Throws a `ConfigError` for an invalid config or catalog. */
async function begin(
  { config: sources, catalog }: SingerInput,
  { env, stderr, redactor, ports: given }: SingerProtocolOptions,
): Promise<Begun> {
  const writeLine = (line: string) => void stderr.write(`${line}\n`);
  const logOptions = { level: env.LOG_LEVEL, redactor };
  const ports = { ...given, log: plainLog(logOptions, writeLine, "info") };
  const metrics = levelledLog(logOptions, "info", (level, message) =>
    writeLine(`${level.toUpperCase()} ${message}`),
  );
  const connector = connectorFor(env, ports, redactor);
  const config = await readConfig(sources, env, ports.log);
  connector.checkConfig(config);
  const streams = await readCatalogFile(catalog, ports.log);
  return { connector, config, streams, ports, metrics, writeLine };
}
