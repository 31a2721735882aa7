import type { Static } from "typebox";
import { ConfigError } from "../../errors.ts";
import type { JsonObject } from "../../shared/json.ts";
import { readJsonObjectFile } from "../../shared/json-file.ts";
import { validated } from "../../shared/validated.ts";
import { type StreamName, streamNames } from "../../streams/index.ts";
import { readCatalog } from "../shared/catalog.ts";
import { describe, isAutomatic, type StreamDescription } from "./catalog.ts";
import { type Breadcrumb, type Projection, projectionOf, projectSchema } from "./projection.ts";

const REPLICATION_METHOD = { enum: ["INCREMENTAL", "FULL_TABLE", null] } as const;
const MAYBE_FLAG = { type: ["boolean", "null"] } as const;

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

/** A stream to read, and the projection of its records. */
export interface SelectedStream extends StreamDescription {
  /** Whether each run reads the whole stream, and not from the end of the last run on. */
  readonly isFullTable: boolean;
  /** The fields that are left out of the records and of the schema. */
  readonly projection: Projection | undefined;
}

/** Throws a `ConfigError` when the file cannot be read, or does not hold a JSON object. */
export async function readConfigFile(path: string): Promise<JsonObject> {
  return readJsonObjectFile(path, "config");
}

/** The streams that the catalog selects; all of every stream without one. Throws as `readConfigFile` and `readSelection`. */
export async function readCatalogFile(path: string | undefined): Promise<SelectedStream[]> {
  return path ? readSelection(await readJsonObjectFile(path, "catalog")) : everything();
}

/** The value of the last STATE, `{}` without a file. Throws as `readConfigFile`. */
export async function readStateFile(path: string | undefined): Promise<JsonObject> {
  return path ? readJsonObjectFile(path, "state") : {};
}

/** All of every stream. */
export function everything(): SelectedStream[] {
  return streamNames.map((name) => ({ ...describe(name), isFullTable: false, projection: undefined }));
}

/** The streams that a catalog selects. Throws a `ConfigError` that names what is wrong with the catalog. */
export function readSelection(catalog: unknown): SelectedStream[] {
  const { streams: entries } = validated(
    CATALOG_SCHEMA,
    catalog,
    (faults) => new ConfigError(`The catalog is not valid: ${faults}.`),
  );
  const nameOf = ({ tap_stream_id }: CatalogEntry) => tap_stream_id;
  return readCatalog({ what: "catalog", entries, nameOf }).flatMap(
    ({ entry, stream }) => selectedStream(stream, entry) ?? [],
  );
}

function selectedStream(name: StreamName, entry: CatalogEntry): SelectedStream | undefined {
  const stream = describe(name);
  const metadata = new Map(entry.metadata?.map((one) => [JSON.stringify(one.breadcrumb), one.metadata]));
  const metadataOf = (breadcrumb: Breadcrumb): Metadata => metadata.get(JSON.stringify(breadcrumb)) ?? {};
  const ofStream = metadataOf([]);
  // Without metadata a stream is selected; with metadata of its fields only it is not.
  if (!isSelected(ofStream, metadata.size === 0)) return undefined;
  const isFieldSelected = (breadcrumb: Breadcrumb) => {
    const [, field = "", ...nested] = breadcrumb;
    return (nested.length === 0 && isAutomatic(stream, field)) || isSelected(metadataOf(breadcrumb), true);
  };
  return {
    ...stream,
    schema: projectSchema(stream.schema, isFieldSelected),
    isFullTable: (ofStream["replication-method"] ?? entry.replication_method) === "FULL_TABLE",
    projection: projectionOf(stream.schema, isFieldSelected),
  };
}

function isSelected(metadata: Metadata, otherwise: boolean): boolean {
  if (metadata.inclusion === "unsupported") return false;
  if (metadata.inclusion === "automatic") return true;
  return metadata.selected ?? metadata["selected-by-default"] ?? otherwise;
}
