import type { Static } from "typebox";
import { BadRequest } from "../../errors.ts";
import { faultsIn } from "../../shared/faults.ts";
import type { Json } from "../../shared/json.ts";
import { readJsonFile } from "../../shared/json-file.ts";
import type { StreamName } from "../../streams/index.ts";
import { parseAirbyteName } from "./catalog.ts";
import { SYNC_MODES } from "./output.ts";

/** Airbyte may add fields at any time, so the schema names only what is read and leaves the rest alone. */
const CONFIGURED_CATALOG = {
  type: "object",
  required: ["streams"],
  properties: {
    streams: {
      type: "array",
      items: {
        type: "object",
        required: ["stream", "sync_mode"],
        properties: {
          stream: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
          sync_mode: { type: "string", enum: SYNC_MODES },
        },
      },
    },
  },
} as const;

export interface ConfiguredStream {
  /** As the catalog calls it. */
  readonly name: string;
  readonly stream: StreamName;
  readonly syncMode: (typeof SYNC_MODES)[number];
}

/** Throws a `ConfigError` when the file cannot be read, or is not JSON. */
export async function readConfigFile(path: string): Promise<Json> {
  return readJsonFile(path, "config");
}

/** Throws a `ConfigError` or a `BadRequest` that says what is wrong with the file or with what it asks for. */
export async function readCatalogFile(path: string): Promise<ConfiguredStream[]> {
  const catalog = await readJsonFile(path, "catalog");
  const faults = faultsIn(CONFIGURED_CATALOG, catalog);
  if (faults.length > 0) throw new BadRequest(`The configured catalog is not valid: ${faults.join("; ")}.`);
  const { streams } = catalog as unknown as Static<typeof CONFIGURED_CATALOG>;
  if (streams.length === 0) throw new BadRequest("The configured catalog names no stream to read.");
  const configured = streams.map(({ stream: { name }, sync_mode }) => ({
    name,
    stream: parseAirbyteName(name),
    syncMode: sync_mode,
  }));
  const names = configured.map(({ stream }) => stream);
  const repeated = configured.find(({ stream }, index) => names.indexOf(stream) !== index);
  if (repeated) throw new BadRequest(`The configured catalog names ${repeated.name} more than once.`);
  return configured;
}

/** Throws as `readConfigFile`. A read without a state file begins afresh. */
export async function readStateFile(path: string | undefined): Promise<Json> {
  return path === undefined ? [] : readJsonFile(path, "state");
}
