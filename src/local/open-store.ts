import { openDuckDbStore } from "./duckdb/index.ts";
import type { OpenStore } from "./store/index.ts";

/** Opens the store that a target names: the path of a DuckDB file. */
export const openStore: OpenStore = (target, options) => openDuckDbStore(target, options);
