import { ConfigError } from "../../errors.ts";
import type { Json } from "../../shared/json.ts";
import { readJsonFile, readJsonFileIfAny } from "../../shared/json-file.ts";
import type { Log } from "../../shared/ports.ts";
import { validated } from "../../shared/validated.ts";
import type { StreamName } from "../../streams/index.ts";
import { readCatalog } from "../shared/catalog.ts";
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

/** Throws a `ConfigError` that names what is wrong with the file or the catalog in it. */
export async function readCatalogFile(path: string): Promise<ConfiguredStream[]> {
  const what = "configured catalog";
  const { streams } = validated(
    CONFIGURED_CATALOG,
    await readJsonFile(path, "catalog"),
    (faults) => new ConfigError(`The ${what} is not valid: ${faults}.`),
  );
  if (streams.length === 0) throw new ConfigError(`The ${what} names no stream to read.`);
  const nameOf = ({ stream }: (typeof streams)[number]) => stream.name;
  return readCatalog({ what, entries: streams, nameOf, parseName: parseAirbyteName }).map(
    ({ entry, stream }) => ({ name: nameOf(entry), stream, syncMode: entry.sync_mode }),
  );
}

/** Throws as `readConfigFile`. A read without a state file begins afresh, and one with an empty file says so. */
export async function readStateFile(path: string | undefined, log: Log): Promise<Json> {
  if (path === undefined) return [];
  const state = (await readJsonFileIfAny(path, "state")) ?? null;
  if (state === null)
    log.warn(`The state file ${path} holds no state, so that reading begins from the beginning.`);
  return state;
}
