import type { Readable } from "node:stream";
import { type Env, type RunningProgram, type Start, startProgram } from "./program.ts";

/**
 * Plays the part of the Flow runtime, as strictly as it does: every line is one JSON object of one
 * kind, no field is unknown, documents count once a checkpoint has come after them, state is reduced
 * by merge patches, and a process may be killed without notice. Where the connector asks for
 * acknowledgements, checkpoints are committed in transactions, at the leisure of the runtime.
 */

type Json = unknown;
type JsonObject = Record<string, Json>;

/** The fields of each response, after the protocol. A field with `?` may be missing; none may be null. */
const RESPONSE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  spec: [
    "protocol",
    "configSchema",
    "resourceConfigSchema",
    "documentationUrl",
    "resourcePathPointers",
    "oauth2?",
  ],
  discovered: ["bindings"],
  validated: ["bindings"],
  applied: ["actionDescription?", "state?"],
  opened: ["explicitAcknowledgements?"],
  captured: ["binding", "doc"],
  sourcedSchema: ["binding", "documentSchema"],
  checkpoint: ["state?"],
};

const ELEMENT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  discovered: [
    "recommendedName",
    "resourceConfig",
    "documentSchema",
    "key",
    "disable?",
    "resourcePath?",
    "isFallbackKey?",
  ],
  validated: ["resourcePath"],
};

/** Throws when the runtime would refuse the line. */
function strictResponse(line: string): { kind: string; body: JsonObject } {
  const message = JSON.parse(line) as JsonObject;
  const [kind = "", ...others] = Object.keys(message);
  const fields = RESPONSE_FIELDS[kind];
  if (!fields || others.length > 0) throw new Error(`no response has the fields ${Object.keys(message)}`);
  const body = message[kind] as JsonObject;
  checkFields(kind, body, fields);
  const elements = ELEMENT_FIELDS[kind];
  if (elements) for (const element of body.bindings as JsonObject[]) checkFields(kind, element, elements);
  if (kind === "checkpoint" && body.state)
    checkFields("state", body.state as JsonObject, ["updated", "mergePatch?"]);
  return { kind, body };
}

function checkFields(what: string, body: JsonObject, fields: readonly string[]): void {
  const allowed = new Set(fields.map((field) => field.replace("?", "")));
  for (const [field, value] of Object.entries(body)) {
    if (!allowed.has(field)) throw new Error(`${what} has the unknown field ${field}`);
    if (value === null) throw new Error(`${what} has a null ${field}`);
  }
  for (const field of fields) {
    if (!field.endsWith("?") && !(field in body)) throw new Error(`${what} lacks ${field}`);
  }
}

export interface FlowAnswers {
  readonly responses: { kind: string; body: JsonObject }[];
  readonly exitCode: number | null;
  readonly logs: JsonObject[];
}

/** Sends requests that are answered once each, ends the input, and waits for the program to end. */
export async function askFlow(requests: readonly (object | string)[], env: Env = {}): Promise<FlowAnswers> {
  const program = startProgram(["flow"], env);
  const texts = requests.map((request) =>
    typeof request === "string" ? request : `${JSON.stringify(request)}\n`,
  );
  program.stdin.end(texts.join(""));
  const { stdout, stderr, exitCode } = await program.ended;
  if (stdout !== "" && !stdout.endsWith("\n")) throw new Error("the last response is not a whole line");
  return { responses: linesOf(stdout).map(strictResponse), exitCode, logs: linesOf(stderr).map(parsed) };
}

export interface OpenBinding {
  readonly resourceConfig: object;
  readonly stateKey: string;
  readonly writeSchema?: object;
}

/** What the runtime keeps of a task between its sessions. */
export class FlowTask {
  readonly #env: Env;
  readonly #config: object;
  readonly bindings: readonly OpenBinding[];
  state: JsonObject;
  /** The collections by binding, and in them the last document of each key. Deletions take documents away. */
  readonly collections: Map<string, JsonObject>[];
  /** Every committed document, in order. */
  readonly committed: { binding: number; doc: JsonObject }[] = [];
  readonly sourced: JsonObject[] = [];
  /** Decides when checkpoints are committed, where acknowledgements are explicit. */
  random: () => number = () => 0.5;

  constructor(config: object, bindings: readonly OpenBinding[], env: Env, state: JsonObject = {}) {
    this.#env = env;
    this.#config = config;
    this.bindings = bindings;
    this.state = state;
    this.collections = bindings.map(() => new Map());
  }

  /** Begins a session, in this process unless another way to start the program is named. */
  open(start: Start = startProgram): FlowSession {
    const bindings = this.bindings.map(({ resourceConfig, stateKey, writeSchema = { type: "object" } }) => ({
      resourceConfig,
      stateKey,
      resourcePath: [(resourceConfig as { stream: string }).stream],
      collection: {
        name: `acmeCo/test/${stateKey}`,
        writeSchema,
        key: ["/id"],
        uuidPtr: "/_meta/uuid",
        futureField: 1,
      },
    }));
    const capture = {
      name: "acmeCo/test/source-aircall",
      connectorType: "IMAGE",
      config: this.#config,
      bindings,
      intervalSeconds: 300,
    };
    return new FlowSession(this, start(["flow"], this.#env), {
      open: { capture, version: "1", range: { keyEnd: 4294967295 }, state: this.state, futureField: {} },
    });
  }

  /** A checkpoint makes the documents before it, and its state, durable at once. */
  commit({ documents, state }: Written): void {
    for (const { binding, doc } of documents) {
      const key = String(doc.call_id ?? doc.id ?? doc.name);
      const collection = this.collections[binding];
      const isDeletion = (doc._meta as JsonObject | undefined)?.op === "d";
      if (isDeletion) collection?.delete(key);
      else collection?.set(key, this.#isMerged(binding) ? { ...collection.get(key), ...doc } : doc);
      this.committed.push({ binding, doc });
    }
    if (state?.mergePatch) this.state = merged(this.state, state.updated) as JsonObject;
    else if (state) this.state = state.updated as JsonObject;
  }

  /** Whether the collection merges the fields of documents that have the same key. */
  #isMerged(binding: number): boolean {
    const { reduce } = (this.bindings[binding]?.writeSchema ?? {}) as { reduce?: { strategy?: string } };
    return reduce?.strategy === "merge";
  }
}

/** A checkpoint and the documents that it covers. */
interface Written {
  readonly documents: readonly { binding: number; doc: JsonObject }[];
  readonly state: JsonObject | undefined;
}

/** One transaction in ten comes so late, and the others within a few milliseconds. */
const LATE_MS = 100;
const SOON_MS = 15;

export interface FlowEnd {
  readonly exitCode: number | null;
  readonly logs: readonly JsonObject[];
}

interface Waiting {
  readonly condition: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A session of a task, from its `open` to the end of the program. */
export class FlowSession {
  readonly program: RunningProgram;
  readonly ended: Promise<FlowEnd>;
  readonly logs: JsonObject[] = [];
  /** How many response lines have been taken in. */
  lines = 0;
  readonly #task: FlowTask;
  #waiting: Waiting[] = [];
  #pending: { binding: number; doc: JsonObject }[] = [];
  /** Checkpoints that wait for a transaction. */
  #written: Written[] = [];
  #transaction: NodeJS.Timeout | undefined;
  #isOpened = false;
  #isExplicit = false;
  #isOver = false;
  #failure: Error | undefined;

  constructor(task: FlowTask, program: RunningProgram, open: object) {
    this.#task = task;
    this.program = program;
    this.#eachLine(program.stdout, (line) => {
      this.#take(line);
      this.lines += 1;
    });
    this.#eachLine(program.stderr, (line) => this.logs.push(parsed(line)));
    this.ended = program.ended.then(({ exitCode }) => {
      this.#isOver = true;
      const over = new Error(`the session is over: ${JSON.stringify(this.logs)}`);
      for (const { reject } of this.#waiting) reject(this.#failure ?? over);
      if (this.#failure) throw this.#failure;
      return { exitCode, logs: this.logs };
    });
    this.ended.catch(() => {});
    program.stdin.write(`${JSON.stringify({ spec: { config: {} } })}\n${JSON.stringify(open)}\n`);
  }

  /** Resolves when the condition holds after some line; rejects when the session ends first. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ condition, resolve, reject });
      this.#look();
    });
  }

  isCaughtUp(): boolean {
    return this.logs.some(({ message }) => String(message).startsWith("Caught up"));
  }

  /** Resolves when the status says that all bindings are caught up. */
  caughtUp(): Promise<void> {
    return this.until(() => this.isCaughtUp());
  }

  /** Ends the process as the runtime does, which drops what it has not committed. */
  async kill(): Promise<void> {
    this.#isOver = true;
    this.#written = [];
    this.program.kill();
    await this.ended;
  }

  async stop(): Promise<FlowEnd> {
    this.program.stop();
    const end = await this.ended;
    for (const checkpoint of this.#written.splice(0)) this.#task.commit(checkpoint);
    if (this.#pending.length > 0)
      throw new Error("the session ended with documents that no checkpoint covers");
    return end;
  }

  /** What is left of a line when the program is killed is dropped, as the runtime does. */
  #eachLine(output: Readable, take: (line: string) => void): void {
    let rest = "";
    output.on("data", (chunk: string) => {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      try {
        for (const line of lines) take(line);
      } catch (error) {
        this.#failure ??= error as Error;
        this.program.stop();
      }
      this.#look();
    });
  }

  #take(line: string): void {
    const { kind, body } = strictResponse(line);
    if (kind === "spec") return;
    if (kind === "opened") {
      if (this.#isOpened) throw new Error("opened twice");
      this.#isOpened = true;
      this.#isExplicit = body.explicitAcknowledgements === true;
      return;
    }
    if (!this.#isOpened) throw new Error(`${kind} before opened`);
    if (kind === "checkpoint") {
      this.#written.push({ documents: this.#pending, state: body.state as JsonObject | undefined });
      this.#pending = [];
      if (this.#isExplicit) this.#commitSoon();
      else for (const checkpoint of this.#written.splice(0)) this.#task.commit(checkpoint);
      return;
    }
    const binding = body.binding as number;
    if (!this.#task.bindings[binding]) throw new Error(`there is no binding ${binding}`);
    if (kind === "sourcedSchema") this.#task.sourced.push(body);
    else this.#pending.push({ binding, doc: body.doc as JsonObject });
  }

  /** A transaction takes some of the checkpoints, and its acknowledgement may come later still. */
  #commitSoon(): void {
    if (this.#isOver) return;
    const { random } = this.#task;
    const waitMs = random() < 0.1 ? LATE_MS : random() * SOON_MS;
    this.#transaction ??= setTimeout(() => {
      this.#transaction = undefined;
      const committed = this.#written.splice(0, 1 + Math.floor(random() * this.#written.length));
      for (const checkpoint of committed) this.#task.commit(checkpoint);
      if (committed.length > 0) setTimeout(() => this.#acknowledge(committed.length), random() * SOON_MS);
      if (this.#written.length > 0) this.#commitSoon();
    }, waitMs);
  }

  #acknowledge(checkpoints: number): void {
    if (!this.#isOver) this.program.stdin.write(`${JSON.stringify({ acknowledge: { checkpoints } })}\n`);
  }

  #look(): void {
    const met = this.#waiting.filter(({ condition }) => condition());
    this.#waiting = this.#waiting.filter((one) => !met.includes(one));
    for (const { resolve } of met) resolve();
  }
}

function linesOf(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

function parsed(line: string): JsonObject {
  return JSON.parse(line) as JsonObject;
}

/** RFC 7396, written apart from the program's own. */
function merged(target: Json, patch: Json): Json {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === "object" && target !== null && !Array.isArray(target);
  const result: JsonObject = isObject ? { ...(target as JsonObject) } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else result[field] = merged(result[field], value);
  }
  return result;
}
