import type { Static } from "typebox";
import { ConfigError } from "../../errors.ts";
import { isJsonObject, type Json } from "../../shared/json.ts";
import { logWith } from "../../shared/log.ts";
import type { Log } from "../../shared/ports.ts";
import { validated } from "../../shared/validated.ts";
import { listedStreamNames, type StreamName } from "../../streams/index.ts";
import { readCatalog } from "../shared/catalog.ts";
import { describe, isAutomatic, type StreamDescription } from "./catalog.ts";
import { type Breadcrumb, fieldAt, type Projection, projectionOf, projectSchema } from "./projection.ts";

const REPLICATION_METHOD = { enum: ["INCREMENTAL", "FULL_TABLE", null] } as const;
const MAYBE_FLAG = { type: ["boolean", "null"] } as const;
const MAYBE_TEXT = { type: ["string", "null"] } as const;

/** The parts of a catalog that are read. People and runners add much more. */
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
          replication_key: MAYBE_TEXT,
          selected: MAYBE_FLAG,
          schema: {},
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
                    inclusion: MAYBE_TEXT,
                    selected: MAYBE_FLAG,
                    "selected-by-default": MAYBE_FLAG,
                    "replication-method": REPLICATION_METHOD,
                    "replication-key": MAYBE_TEXT,
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

/** A stream to read, and the projection of its records. */
export interface SelectedStream extends StreamDescription {
  /** Whether each run reads the whole stream, and not from the end of the last run on. */
  readonly isFullTable: boolean;
  /** The fields that are left out of the records and of the schema. */
  readonly projection: Projection | undefined;
}

/** All of every stream that is captured unless others are asked for. */
export function everything(): SelectedStream[] {
  return listedStreamNames.map((name) => ({ ...describe(name), isFullTable: false, projection: undefined }));
}

/**
 * The streams that a catalog selects. Warns of what it says and is not used. Throws a `ConfigError` that names what is
 * wrong with the catalog; an unknown stream is wrong if it is selected.
 */
export function readSelection(catalog: unknown, log: Log): SelectedStream[] {
  const { streams: all } = validated(
    CATALOG_SCHEMA,
    catalog,
    (faults) => new ConfigError(`The catalog is not valid: ${faults}.`),
  );
  const selectsSome = all.some((entry) => flagOf(entry) === true);
  const entries = all.filter((entry) => isStreamSelected(entry, !selectsSome));
  const nameOf = ({ tap_stream_id }: CatalogEntry) => tap_stream_id;
  return readCatalog({ what: "catalog", entries, nameOf }).map(({ entry, stream }) =>
    selectedStream(stream, entry, logWith(log, { stream })),
  );
}

/** A stream of which nothing is said is selected if no other is; one whose fields only are spoken of is not. */
function isStreamSelected(entry: CatalogEntry, otherwise: boolean): boolean {
  const ofStream = metadataIn(entry)([]);
  const isSilent = (entry.metadata ?? []).length === 0 && otherwise;
  return isSelected({ ...ofStream, selected: flagOf(entry) }, isSilent);
}

/** The flag of a stream: in its metadata, or where the first taps had it, in the entry or in its schema. */
function flagOf(entry: CatalogEntry): boolean | undefined {
  const { selected } = metadataIn(entry)([]);
  return selected ?? entry.selected ?? legacyFlag(entry.schema as Json) ?? undefined;
}

function selectedStream(name: StreamName, entry: CatalogEntry, log: Log): SelectedStream {
  const stream = describe(name);
  const metadataOf = metadataIn(entry);
  const ofStream = metadataOf([]);
  const isFieldSelected = (breadcrumb: Breadcrumb) => {
    const [, field = "", ...nested] = breadcrumb;
    const isAlways = nested.length === 0 && isAutomatic(stream, field);
    return (
      isAlways || isSelected(metadataOf(breadcrumb), legacyFlagAt(entry.schema as Json, breadcrumb) ?? true)
    );
  };
  warnOfUnused(stream, entry, log);
  return {
    ...stream,
    schema: projectSchema(stream.schema, isFieldSelected),
    isFullTable: (ofStream["replication-method"] ?? entry.replication_method) === "FULL_TABLE",
    projection: projectionOf(stream.schema, isFieldSelected),
  };
}

function metadataIn({ metadata = [] }: CatalogEntry): (breadcrumb: Breadcrumb) => Metadata {
  const byPlace = new Map(metadata.map((one) => [JSON.stringify(one.breadcrumb), one.metadata]));
  return (breadcrumb) => byPlace.get(JSON.stringify(breadcrumb)) ?? {};
}

function isSelected(
  metadata: Omit<Metadata, "selected"> & { selected?: boolean | null | undefined },
  otherwise: boolean,
): boolean {
  if (metadata.inclusion === "unsupported") return false;
  if (metadata.inclusion === "automatic") return true;
  return metadata.selected ?? metadata["selected-by-default"] ?? otherwise;
}

function legacyFlag(schema: Json | undefined): boolean | undefined {
  return isJsonObject(schema) && typeof schema.selected === "boolean" ? schema.selected : undefined;
}

function legacyFlagAt(schema: Json | undefined, breadcrumb: Breadcrumb): boolean | undefined {
  return isJsonObject(schema) ? legacyFlag(fieldAt(schema, breadcrumb)) : undefined;
}

function warnOfUnused(stream: StreamDescription, entry: CatalogEntry, log: Log): void {
  const key = metadataIn(entry)([])["replication-key"] ?? entry.replication_key;
  if (key && !stream.replicationKeys.includes(key))
    log.warn(
      `the catalog asks for the replication key "${key}", which is not used: the state says what has been read`,
    );
  const unknown = (entry.metadata ?? [])
    .filter(
      ({ breadcrumb, metadata }) =>
        typeof metadata.selected === "boolean" && !fieldAt(stream.schema, breadcrumb),
    )
    .map(({ breadcrumb }) => breadcrumb.filter((part) => part !== "properties").join("."));
  if (unknown.length > 0)
    log.warn(`the catalog speaks of fields that there are not: ${unknown.join(", ").slice(0, 200)}`);
}
