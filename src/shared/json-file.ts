import { readFile } from "node:fs/promises";
import { ConfigError } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** Some editors begin a file with it, and JSON has none. */
const BYTE_ORDER_MARK = /^\uFEFF/;

const WHY_NOT: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
  ENOTDIR: "a part of its path is not a folder",
};

/** The JSON object that a file holds. Throws as `readJsonFile`. */
export async function readJsonObjectFile(path: string, what: string): Promise<JsonObject> {
  const value = await readJsonFile(path, what);
  if (!isJsonObject(value)) throw new ConfigError(`The ${what} file ${path} does not hold a JSON object.`);
  return value;
}

/**
 * What a file of JSON holds. Throws a `ConfigError` that names the file, and never repeats what stands
 * there: it may be a secret.
 */
export async function readJsonFile(path: string, what: string): Promise<Json> {
  return parseJson(await readText(path, what), path, what);
}

/** As `readJsonFile`, and `undefined` for a file that is empty, as one is that a pipe wrote nothing to. */
export async function readJsonFileIfAny(path: string, what: string): Promise<Json | undefined> {
  const text = await readText(path, what);
  return text.trim() === "" ? undefined : parseJson(text, path, what);
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).replace(BYTE_ORDER_MARK, "");
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new ConfigError(`The ${what} file ${path} cannot be read: ${WHY_NOT[code] ?? code}.`);
  }
}

function parseJson(text: string, path: string, what: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError(`The ${what} file ${path} is not JSON.`);
  }
}
