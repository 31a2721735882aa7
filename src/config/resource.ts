import Type from "typebox";
import { ConfigError } from "../errors.ts";
import { isStreamName, type StreamName, type SyncMode, streamNames } from "../streams/index.ts";
import { parseIntervalMs } from "./interval.ts";
import { parseConfig } from "./parse.ts";

/**
 * The resource configuration: which stream a binding captures, and how. The first four properties
 * are those of captures in use, of which `namespace` and `cursorField` no longer select anything.
 */
export const ResourceSchema = Type.Object(
  {
    stream: Type.String({
      title: "Stream",
      description: "The kind of object that this binding captures.",
      "x-collection-name": true,
      order: 0,
    }),
    syncMode: Type.Union([Type.Literal("incremental"), Type.Literal("full_refresh")], {
      title: "Sync Mode",
      description:
        "With full_refresh, calls and contacts are read whole once a day on top of what has changed. The other streams are always compared whole.",
      order: 1,
    }),
    interval: Type.Optional(
      Type.String({
        title: "Interval",
        description:
          "How long to rest between two looks at the stream, as an ISO 8601 duration such as PT5M.",
        format: "duration",
        order: 2,
      }),
    ),
    namespace: Type.Optional(Type.Union([Type.String(), Type.Null()], { "x-hidden-field": true })),
    cursorField: Type.Optional(
      Type.Union([Type.Array(Type.String()), Type.Null()], { "x-hidden-field": true }),
    ),
  },
  {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Aircall Resource",
    additionalProperties: true,
  },
);

export interface ResourceConfig {
  readonly stream: StreamName;
  readonly syncMode: SyncMode;
  /** Absent when the stream's own default holds. */
  readonly intervalMs: number | undefined;
}

/** Throws a `ConfigError` that names the property, or the streams there are. */
export function parseResourceConfig(config: unknown): ResourceConfig {
  const { stream, syncMode, interval } = parseConfig(ResourceSchema, config, "resource config");
  return {
    stream: parseStreamName(stream),
    syncMode,
    intervalMs: interval === undefined ? undefined : parseIntervalMs(interval),
  };
}

export function parseStreamName(name: string): StreamName {
  if (isStreamName(name)) return name;
  throw new ConfigError(`There is no stream "${name}". The streams are ${streamNames.join(", ")}.`);
}
