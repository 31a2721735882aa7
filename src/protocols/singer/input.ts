import type { Static } from "typebox";
import { parseStreamName } from "../../config/index.ts";
import { ConfigError } from "../../errors.ts";
import { faultsIn } from "../../shared/faults.ts";
import type { JsonObject } from "../../shared/json.ts";
import { streamNames } from "../../streams/index.ts";
import { describe, isAutomatic, type StreamDescription } from "./catalog.ts";
import { type Breadcrumb, type Projection, projectionOf, projectSchema } from "./projection.ts";

const REPLICATION_METHOD = { enum: ["INCREMENTAL", "FULL_TABLE", null] } as const;
const MAYBE_FLAG = { type: ["boolean", "null"] } as const;

/** What is read of a catalog. People and runners add much more to it. */
const CATALOG_SCHEMA = {
  type: "object",
  required: ["streams"],
  properties: {
    streams: {
      type: "array",
      items: {
        type: "object",
        required: ["tap_stream_id"],
        properties: {
          tap_stream_id: { type: "string" },
          replication_method: REPLICATION_METHOD,
          metadata: {
            type: "array",
            items: {
              type: "object",
              required: ["breadcrumb", "metadata"],
              properties: {
                breadcrumb: { type: "array", items: { type: "string" } },
                metadata: {
                  type: "object",
                  required: [],
                  properties: {
                    inclusion: { type: ["string", "null"] },
                    selected: MAYBE_FLAG,
                    "selected-by-default": MAYBE_FLAG,
                    "replication-method": REPLICATION_METHOD,
                  },
                },
              },
            },
          },
        },
      },
    },
  },
} as const;

type CatalogEntry = Static<typeof CATALOG_SCHEMA>["streams"][number];
type Metadata = NonNullable<CatalogEntry["metadata"]>[number]["metadata"];

/** A stream that is to be read, and what of it. */
export interface SelectedStream extends StreamDescription {
  /** Whether it is read whole with each run, and not from where the last run ended. */
  readonly isFullTable: boolean;
  /** What is left out of its records; its schema lacks that too. */
  readonly projection: Projection | undefined;
}

/** All streams, all of each. */
export function everything(): SelectedStream[] {
  return streamNames.map((name) => ({ ...describe(name), isFullTable: false, projection: undefined }));
}

/** What a catalog selects. Throws a `ConfigError` that says what is wrong with it. */
export function readSelection(catalog: unknown): SelectedStream[] {
  const faults = faultsIn(CATALOG_SCHEMA, catalog);
  if (faults.length > 0) throw new ConfigError(`The catalog is not valid: ${faults.join("; ")}.`);
  const entries = (catalog as Static<typeof CATALOG_SCHEMA>).streams;
  const names = entries.map(({ tap_stream_id }) => parseStreamName(tap_stream_id));
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated) throw new ConfigError(`The catalog has the stream ${repeated} more than once.`);
  return entries.flatMap((entry) => selectedStream(entry) ?? []);
}

function selectedStream(entry: CatalogEntry): SelectedStream | undefined {
  const stream = describe(parseStreamName(entry.tap_stream_id));
  const metadata = new Map(entry.metadata?.map((one) => [JSON.stringify(one.breadcrumb), one.metadata]));
  const metadataOf = (breadcrumb: Breadcrumb): Metadata => metadata.get(JSON.stringify(breadcrumb)) ?? {};
  const ofStream = metadataOf([]);
  // A catalog that says nothing of a stream's selection selects it; one that speaks of fields only does not.
  if (!isSelected(ofStream, metadata.size === 0)) return undefined;
  const projection = projectionOf(stream.schema, (breadcrumb) => {
    const [, field = "", ...nested] = breadcrumb;
    return (nested.length === 0 && isAutomatic(stream, field)) || isSelected(metadataOf(breadcrumb), true);
  });
  return {
    ...stream,
    schema: projection ? projectSchema(stream.schema, projection) : stream.schema,
    isFullTable: (ofStream["replication-method"] ?? entry.replication_method) === "FULL_TABLE",
    projection,
  };
}

function isSelected(metadata: Metadata, otherwise: boolean): boolean {
  if (metadata.inclusion === "unsupported") return false;
  if (metadata.inclusion === "automatic") return true;
  return metadata.selected ?? metadata["selected-by-default"] ?? otherwise;
}

/** A day, or an instant without a zone: Meltano leaves no more of a date that is written in YAML without quotes. */
const ZONELESS = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?)?$/;

/** The endpoint config as a runner hands it over: a start date without a zone is UTC, a day its first instant. */
export function endpointConfig(config: JsonObject): JsonObject {
  const { start_date: startDate } = config;
  if (typeof startDate !== "string") return config;
  const [zoneless, time] = ZONELESS.exec(startDate) ?? [];
  if (!zoneless) return config;
  return { ...config, start_date: time ? `${zoneless}Z` : `${zoneless}T00:00:00Z` };
}
