import { temporaryFolder } from "./files.ts";
import { type Env, type RunningProgram, type Start, startProgram } from "./program.ts";

/**
 * Plays the part of the Airbyte platform and of a destination that keeps one row a key: every line is one
 * message of the protocol, records count once a state of their stream has come after them, a row with
 * `_ab_cdc_deleted_at` is deleted, and a process may be killed without notice.
 */

type Json = unknown;
type JsonObject = Record<string, Json>;

/** Where each message has its body, and the fields of that body. A field with `?` may be missing. */
const MESSAGES: Readonly<Record<string, readonly [body: string, fields: readonly string[]]>> = {
  SPEC: [
    "spec",
    [
      "protocol_version",
      "connectionSpecification",
      "supportsIncremental",
      "supported_destination_sync_modes",
      "documentationUrl?",
    ],
  ],
  CONNECTION_STATUS: ["connectionStatus", ["status", "message?"]],
  CATALOG: ["catalog", ["streams"]],
  RECORD: ["record", ["stream", "data", "emitted_at"]],
  STATE: ["state", ["type", "stream", "sourceStats"]],
  TRACE: ["trace", ["type", "emitted_at", "stream_status?", "estimate?", "error?"]],
  LOG: ["log", ["level", "message"]],
};

export interface AirbyteAnswer {
  readonly type: string;
  /** What the message says, without its envelope. */
  readonly body: JsonObject;
}

/** Throws when the line is no message of the protocol, or has a field that is not of it. */
function strictMessage(line: string): AirbyteAnswer {
  const message = JSON.parse(line) as JsonObject;
  const type = String(message.type);
  const [name = "", fields = []] = MESSAGES[type] ?? [];
  if (Object.keys(message).join() !== `type,${name}`)
    throw new Error(`no message has ${Object.keys(message)}`);
  const body = message[name] as JsonObject;
  const allowed = fields.map((field) => field.replace("?", ""));
  for (const field of Object.keys(body)) {
    if (!allowed.includes(field)) throw new Error(`${type} has the unknown field ${field}`);
  }
  for (const field of fields) {
    if (!field.endsWith("?") && !(field in body)) throw new Error(`${type} lacks ${field}`);
  }
  return { type, body };
}

export interface AirbyteAnswers {
  readonly messages: readonly AirbyteAnswer[];
  readonly exitCode: number | null;
}

/** Something that happens while a command runs. */
type Meanwhile = (running: RunningProgram) => Promise<void> | void;

/**
 * Runs one command, in this process unless another way to start the program is named, and reads what it
 * answers. Anything on standard error is a failure of the test.
 */
export async function askAirbyte(
  args: readonly string[],
  env: Env = {},
  start: Start = startProgram,
  meanwhile: Meanwhile = () => {},
): Promise<AirbyteAnswers> {
  const running = start(["airbyte", ...args], env);
  await meanwhile(running);
  const { stdout, stderr, exitCode } = await running.ended;
  if (stderr !== "") throw new Error(`standard error has ${stderr}`);
  // A killed process leaves half a line, which the platform drops.
  const lines = stdout.split("\n").slice(0, -1);
  return { messages: lines.map(strictMessage), exitCode };
}

export interface StreamChoice {
  readonly name: string;
  readonly syncMode?: "incremental" | "full_refresh";
  readonly key?: string;
}

/** A connection between the source and a destination: what is kept from one sync to the next. */
export class AirbyteConnection {
  readonly #config: object;
  readonly #choices: readonly StreamChoice[];
  readonly #env: Env;
  /** As the platform hands them back: a list of states, or what another connector left. */
  states: Json;
  /** By stream, and in it the last row of each key. Rows that were deleted are gone. */
  readonly tables = new Map<string, Map<string, JsonObject>>();

  constructor(config: object, choices: readonly StreamChoice[], env: Env, states: Json = undefined) {
    this.#config = config;
    this.#choices = choices;
    this.#env = env;
    this.states = states;
    for (const { name } of choices) this.tables.set(name, new Map());
  }

  rows(stream: string): JsonObject[] {
    const rows = [...(this.tables.get(stream)?.values() ?? [])];
    return rows.map(({ _ab_cdc_updated_at, _ab_cdc_deleted_at, ...row }) => row);
  }

  /** Makes a sync, in this process unless another way to start the program is named. */
  async sync(start?: Start, meanwhile?: Meanwhile): Promise<Sync> {
    using folder = temporaryFolder();
    const streams = this.#choices.map(({ name, syncMode = "incremental" }) => ({
      stream: { name, json_schema: {}, supported_sync_modes: ["full_refresh", "incremental"] },
      sync_mode: syncMode,
      destination_sync_mode: syncMode === "incremental" ? "append_dedup" : "overwrite",
      generation_id: 1,
    }));
    const args = ["read", "--config", folder.write("config.json", this.#config)];
    args.push("--catalog", folder.write("catalog.json", { streams }));
    if (this.states !== undefined) args.push("--state", folder.write("state.json", this.states));
    const sync = new Sync(await askAirbyte(args, this.#env, start, meanwhile));
    for (const { name, syncMode } of this.#choices)
      if (syncMode === "full_refresh") this.tables.get(name)?.clear();
    this.#commit(sync);
    return sync;
  }

  #commit({ messages }: Sync): void {
    const states = new Map<string, Json>(
      Array.isArray(this.states) ? this.states.map((state) => [nameIn(state), state]) : [],
    );
    const pending = new Map<string, JsonObject[]>();
    for (const { type, body } of messages) {
      if (type === "RECORD") {
        const stream = String(body.stream);
        pending.set(stream, [...(pending.get(stream) ?? []), body.data as JsonObject]);
      }
      if (type !== "STATE") continue;
      const stream = nameIn(body);
      const rows = pending.get(stream) ?? [];
      const { recordCount } = body.sourceStats as { recordCount: number };
      if (recordCount !== rows.length)
        throw new Error(`${recordCount} records are counted of ${rows.length}`);
      for (const row of rows) this.#keep(stream, row);
      pending.delete(stream);
      states.set(stream, body);
    }
    this.states = [...states.values()];
  }

  #keep(stream: string, row: JsonObject): void {
    const table = this.tables.get(stream);
    if (!table) throw new Error(`nobody asked for ${stream}`);
    const key = String(row.call_id ?? row.id ?? row.name);
    if (row._ab_cdc_deleted_at) table.delete(key);
    else table.set(key, row);
  }
}

/** The stream of a state; empty for a state of another form. */
function nameIn(state: Json): string {
  const { stream } = (state ?? {}) as { stream?: { stream_descriptor: { name: string } } };
  return stream?.stream_descriptor.name ?? "";
}

/** What a read has written. */
export class Sync {
  readonly messages: readonly AirbyteAnswer[];
  readonly exitCode: number | null;

  constructor({ messages, exitCode }: AirbyteAnswers) {
    this.messages = messages;
    this.exitCode = exitCode;
  }

  records(stream?: string): JsonObject[] {
    const records = this.messages.filter(
      ({ type, body }) => type === "RECORD" && (!stream || body.stream === stream),
    );
    return records.map(({ body }) => body.data as JsonObject);
  }

  /** In the order told, such as `STARTED`, `RUNNING` and `COMPLETE`. */
  statuses(stream: string): string[] {
    const told = this.messages.flatMap(({ body }) => (body.stream_status as StreamStatus | undefined) ?? []);
    return told
      .filter(({ stream_descriptor }) => stream_descriptor.name === stream)
      .map(({ status }) => status);
  }

  states(stream: string): JsonObject[] {
    const states = this.messages.filter(({ type, body }) => type === "STATE" && nameIn(body) === stream);
    return states.map(({ body }) => body);
  }

  errors(): JsonObject[] {
    return this.messages.flatMap(({ body }) => (body.error as JsonObject[] | undefined) ?? []);
  }

  logs(): JsonObject[] {
    return this.messages.filter(({ type }) => type === "LOG").map(({ body }) => body);
  }
}

interface StreamStatus {
  readonly stream_descriptor: { readonly name: string };
  readonly status: string;
}
