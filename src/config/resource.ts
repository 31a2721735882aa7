import { ConfigError } from "../errors.ts";
import { isJsonObject } from "../shared/json.ts";
import { DEFAULT_SYNC_MODE, ResourceSchema } from "../spec.ts";
import { isStreamName, type StreamName, type SyncMode, streamNames } from "../streams/index.ts";
import { parseDurationMs } from "./duration.ts";
import { parseConfig } from "./parse.ts";

export interface ResourceConfig {
  readonly stream: StreamName;
  readonly syncMode: SyncMode;
  /** Absent when the stream's own default holds. */
  readonly intervalMs: number | undefined;
}

/** A sync mode that is missing is the default one. Throws a `ConfigError` that names the property, or the streams there are. */
export function parseResourceConfig(config: unknown): ResourceConfig {
  const complete = isJsonObject(config) ? { syncMode: DEFAULT_SYNC_MODE, ...config } : config;
  const { stream, syncMode, interval } = parseConfig(ResourceSchema, complete, "resource config");
  return {
    stream: parseStreamName(stream),
    syncMode,
    intervalMs: interval === undefined ? undefined : parseDurationMs("interval", interval),
  };
}

export function parseStreamName(name: string): StreamName {
  if (isStreamName(name)) return name;
  throw new ConfigError(`There is no stream "${name}". The streams are ${streamNames.join(", ")}.`);
}
