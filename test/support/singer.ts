import Schema from "typebox/schema";
import { API_ID, API_TOKEN } from "../../emulator/index.ts";
import type { TemporaryFolder } from "./files.ts";
import {
  type Ended,
  type Env,
  type RunningProgram,
  type Start,
  spawnProgram,
  startProgram,
  TAP,
} from "./program.ts";

/**
 * Plays the part of a Singer target, as strictly as any does: every line is one message of a known
 * type with no unknown field, a record comes after the schema of its stream and fits it, and names
 * nothing else. Rows are kept by their key; a deletion marks, and a new version removes.
 */

export type JsonObject = Record<string, unknown>;

export interface SingerMessage extends JsonObject {
  readonly type: "SCHEMA" | "RECORD" | "STATE" | "ACTIVATE_VERSION";
  readonly stream?: string;
  readonly record?: JsonObject;
  readonly version?: number;
  readonly value?: JsonObject;
}

/** The fields of each message, after the specification. A field with `?` may be missing. */
const MESSAGE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  SCHEMA: ["type", "stream", "schema", "key_properties", "bookmark_properties?"],
  RECORD: ["type", "stream", "record", "version?", "time_extracted?"],
  STATE: ["type", "value"],
  ACTIVATE_VERSION: ["type", "stream", "version"],
};

interface StreamSchema {
  readonly key: string;
  readonly schema: JsonObject & { readonly properties: JsonObject };
  readonly fits: (record: unknown) => boolean;
}

export class SingerTarget {
  readonly messages: SingerMessage[] = [];
  readonly schemas = new Map<string, StreamSchema>();
  readonly #tables: Map<string, Map<string, SingerMessage>>;
  /** What the last STATE held. */
  state: JsonObject | undefined;

  constructor(tables = new Map<string, Map<string, SingerMessage>>()) {
    this.#tables = new Map([...tables].map(([stream, rows]) => [stream, new Map(rows)]));
  }

  /** A target that has taken in as much, for another run. */
  next(): SingerTarget {
    return new SingerTarget(this.#tables);
  }

  /** Takes in whole lines; what is left of a line when a process was killed is dropped, if that is asked for. */
  takeAll(output: string, options: { dropRest?: boolean } = {}): this {
    const lines = output.split("\n");
    const rest = lines.pop();
    if (rest !== "" && !options.dropRest) throw new Error("the last message is not a whole line");
    for (const line of lines) this.take(JSON.parse(line) as SingerMessage);
    return this;
  }

  take(message: SingerMessage): void {
    checkFields(message);
    this.messages.push(message);
    if (message.type === "STATE") this.state = message.value;
    else if (message.type === "SCHEMA") this.#takeSchema(message);
    else if (message.type === "RECORD") this.#takeRecord(message);
    else this.#activate(message);
  }

  /** What the last STATE says of a stream. */
  bookmark(stream: string): JsonObject {
    const { bookmarks = {} } = this.state ?? {};
    return ((bookmarks as JsonObject)[stream] ?? {}) as JsonObject;
  }

  /** The records of the rows that are there and not marked as deleted. */
  rows(stream: string): JsonObject[] {
    const records = [...(this.#tables.get(stream)?.values() ?? [])].map(({ record = {} }) => record);
    return records
      .filter(({ _sdc_deleted_at }) => _sdc_deleted_at === null)
      .map(({ _sdc_deleted_at, ...row }) => row);
  }

  /** The records that came, of one stream or of all. */
  records(stream?: string): JsonObject[] {
    return this.messages
      .filter((message) => message.type === "RECORD" && (!stream || message.stream === stream))
      .map(({ record = {} }) => record);
  }

  #takeSchema({ stream = "", schema, key_properties }: SingerMessage): void {
    const [key = ""] = key_properties as string[];
    const { properties } = schema as StreamSchema["schema"];
    if (!(key in properties)) throw new Error(`the schema of ${stream} lacks its key ${key}`);
    for (const [field, property] of Object.entries(properties))
      if (!(property as JsonObject).type) throw new Error(`the schema of ${stream} gives ${field} no type`);
    const validator = Schema.Compile(schema as StreamSchema["schema"]);
    const fits = (record: unknown) => validator.Check(record);
    this.schemas.set(stream, { key, schema: schema as StreamSchema["schema"], fits });
  }

  #takeRecord(message: SingerMessage): void {
    const { stream = "", record = {} } = message;
    const known = this.schemas.get(stream);
    if (!known) throw new Error(`a record of ${stream} came before its schema`);
    const stray = Object.keys(record).find((field) => !(field in known.schema.properties));
    if (stray) throw new Error(`a record of ${stream} has the field ${stray}, which its schema lacks`);
    if (!known.fits(record)) throw new Error(`a record of ${stream} does not fit its schema`);
    const rows = this.#tables.get(stream) ?? new Map<string, SingerMessage>();
    rows.set(String(record[known.key]), message);
    this.#tables.set(stream, rows);
  }

  #activate({ stream = "", version }: SingerMessage): void {
    if (!this.schemas.has(stream)) throw new Error(`a version of ${stream} came before its schema`);
    const rows = this.#tables.get(stream) ?? new Map<string, SingerMessage>();
    for (const [key, row] of rows) if (row.version !== version) rows.delete(key);
  }
}

function checkFields(message: SingerMessage): void {
  const fields = MESSAGE_FIELDS[message.type];
  if (!fields) throw new Error(`there is no message ${String(message.type)}`);
  const allowed = new Set(fields.map((field) => field.replace("?", "")));
  const stray = Object.keys(message).find((field) => !allowed.has(field));
  if (stray) throw new Error(`${message.type} has the unknown field ${stray}`);
  for (const field of fields)
    if (!field.endsWith("?") && !(field in message)) throw new Error(`${message.type} lacks ${field}`);
}

export const CONFIG = { api_id: API_ID, api_token: API_TOKEN };

export interface TapFiles {
  readonly config?: unknown;
  readonly catalog?: unknown;
  readonly properties?: unknown;
  readonly state?: unknown;
}

/** The tap reports warnings and errors, without its progress and metrics, unless the environment asks for more. */
const quietly = (env: Env): Env => ({ LOG_LEVEL: "warn", ...env });

/**
 * Runs the tap with these files, which are written into the folder first: in this process unless another way
 * to start the program is named.
 */
export function runTap(
  folder: TemporaryFolder,
  files: TapFiles,
  env: Env,
  start: Start = startProgram,
): Promise<Ended> {
  return start(["singer", ...argumentsFor(folder, files)], quietly(env)).ended;
}

/** Starts the executable that Singer runners start, with these files. */
export function spawnTap(folder: TemporaryFolder, files: TapFiles, env: Env): RunningProgram {
  return spawnProgram(argumentsFor(folder, files), quietly(env), [process.execPath, TAP]);
}

function argumentsFor(folder: TemporaryFolder, files: TapFiles): string[] {
  return Object.entries({ config: CONFIG, ...files }).flatMap(([name, content]) =>
    content === undefined ? [] : [`--${name}`, folder.write(`${name}.json`, JSON.stringify(content))],
  );
}
