import { openDuckDbStore } from "./duckdb/index.ts";
import { isServerAddress, openPostgresStore } from "./postgres/index.ts";
import { filePlace, type OpenStore, type Place, schemaPlace } from "./store/index.ts";

/** Opens the store that a target names: the address of a PostgreSQL database, or the path of a DuckDB file. */
export const openStore: OpenStore = (target, options) =>
  isServerAddress(target) ? openPostgresStore(target, options) : openDuckDbStore(target, options);

/** Where the store of a target is. */
export function placeOf(target: string, schema?: string): Place {
  return isServerAddress(target) ? schemaPlace(target, schema) : filePlace(target);
}
