import type { JsonObject } from "../../shared/json.ts";
import { readJsonFileIfAny, readJsonObjectFile } from "../../shared/json-file.ts";
import type { Log } from "../../shared/ports.ts";
import { everything, readSelection, type SelectedStream } from "./selection.ts";
import { usableState } from "./stored-state.ts";

/** The streams that the catalog selects; all of every stream without one. Throws as `readSelection`, and when the file cannot be read. */
export async function readCatalogFile(path: string | undefined, log: Log): Promise<SelectedStream[]> {
  return path ? readSelection(await readJsonObjectFile(path, "catalog"), log) : everything();
}

/** The value of the last STATE, `{}` without a file. Throws as `usableState`, and when the file cannot be read. */
export async function readStateFile(path: string | undefined, log: Log): Promise<JsonObject> {
  return path ? usableState(await readJsonFileIfAny(path, "state"), log) : {};
}
