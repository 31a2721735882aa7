import { ConfigError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import { validated } from "../shared/validated.ts";
import { DEFAULT_SYNC_MODE, ResourceSchema } from "../spec.ts";
import { isStreamName, type StreamName, type SyncMode, streamNames } from "../streams/index.ts";
import { isNoDuration, parseDurationMs } from "./duration.ts";
import { withoutPatterns } from "./patterns.ts";
import { normalizedStart, startSecondsOf } from "./start-date.ts";

const SCHEMA = withoutPatterns(ResourceSchema);

export interface ResourceConfig {
  readonly stream: StreamName;
  readonly syncMode: SyncMode;
  /** Absent for the stream's own default. */
  readonly intervalMs: number | undefined;
  /** Takes the place of the endpoint config's; Unix seconds. */
  readonly startSeconds: number | undefined;
}

/**
 * Reads a resource config; a missing sync mode becomes the default one, and an interval that a form has emptied is not
 * set. Throws a `ConfigError` that names each invalid property.
 */
export function parseResourceConfig(config: unknown): ResourceConfig {
  const { stream, syncMode, interval, start_date } = validated(
    SCHEMA,
    isJsonObject(config) ? completed(config) : config,
    (faults) => new ConfigError(`The resource config is not valid: ${faults}.`),
  );
  return {
    stream: parseStreamIn("resource config", "stream", stream),
    syncMode,
    intervalMs: interval === undefined ? undefined : parseDurationMs("interval", interval),
    startSeconds: start_date === undefined ? undefined : startSecondsOf(start_date),
  };
}

function completed({ interval, start_date, ...config }: JsonObject): JsonObject {
  return {
    syncMode: DEFAULT_SYNC_MODE,
    ...config,
    ...(interval !== undefined && !isNoDuration(interval) && { interval }),
    ...(start_date !== undefined && start_date !== "" && { start_date: normalizedStart(start_date) }),
  };
}

/** The properties of a resource config that the connector does not know. `_meta` is Flow's own. */
export function unknownResourceProperties(config: unknown): string[] {
  if (!isJsonObject(config)) return [];
  return Object.keys(config).filter(
    (name) => name !== "_meta" && !Object.hasOwn(ResourceSchema.properties, name),
  );
}

/** A name on a command line or in a catalog. Throws a `ConfigError` that repeats an unknown name and lists the streams. */
export function parseStreamName(name: string): StreamName {
  if (isStreamName(name)) return name;
  throw new ConfigError(`There is no stream "${name}". The streams are ${streamNames.join(", ")}.`);
}

/** A name in a config. Throws a `ConfigError` without the name, which may be a secret in the wrong field. */
export function parseStreamIn(what: string, property: string, name: string): StreamName {
  if (isStreamName(name)) return name;
  throw new ConfigError(`The ${what} is not valid: ${property} must be one of ${streamNames.join(", ")}.`);
}
