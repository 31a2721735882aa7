import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Schema from "typebox/schema";
import { expect, test } from "vitest";
import { INSIGHT_KINDS } from "../../emulator/account/insight-kinds.ts";
import { type Emulator, INSIGHT_NAMES } from "../../emulator/index.ts";
import { isJsonObject, type JsonObject } from "../../src/shared/json.ts";
import {
  type InsightName,
  type ListedStreamName,
  listedStreamNames,
  type RequestedStreamName,
  requestedStreamNames,
  streams,
} from "../../src/streams/index.ts";
import { AirbyteConnection, askAirbyte } from "../support/airbyte.ts";
import { temporaryFolder } from "../support/files.ts";
import { askFlow, FlowTask } from "../support/flow-runtime.ts";
import { type FieldSchema, fieldsIn, type JsonSchema } from "../support/json-schema.ts";
import { LIST_OF } from "../support/lists.ts";
import { LIVE_INSIGHTS } from "../support/live-insights.ts";
import { LIVE_ROWS } from "../support/live-rows.ts";
import { type Env, emulated } from "../support/program.ts";
import { CONFIG, runTap, SingerTarget } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";
import { tampering } from "../support/tampering.ts";

const ACCOUNT = { calls: 30, days: 20, contacts: 20, users: 8, numbers: 8, teams: 8, tags: 8, webhooks: 8 };

/** What a protocol declares of a stream, and what it emitted of it. */
interface Emitted {
  readonly schema: JsonSchema;
  readonly documents: readonly Record<string, unknown>[];
}

type Protocol = (env: Env) => Promise<(stream: RequestedStreamName) => Emitted>;

const protocols: Readonly<Record<string, Protocol>> = {
  /** With the types of the streams' own schemas, which Flow is sent when a session starts. */
  async flow(env) {
    const bindings = requestedStreamNames.map((stream) => ({ resourceConfig: { stream }, stateKey: stream }));
    const task = new FlowTask(CONFIG, bindings, env);
    const session = task.open();
    await session.caughtUp();
    await session.stop();
    return (stream) => ({
      schema: streams[stream].documentSchema as JsonSchema,
      documents: [...(task.collections[requestedStreamNames.indexOf(stream)]?.values() ?? [])],
    });
  },
  async "flow, by the schema of the collection"(env) {
    const captured = await protocols.flow?.(env);
    const { responses } = await askFlow([{ discover: { config: CONFIG } }]);
    const bindings = responses[0]?.body.bindings as { recommendedName: string; documentSchema: JsonSchema }[];
    return (stream) => ({
      schema: bindings.find(({ recommendedName }) => recommendedName === stream)?.documentSchema ?? {},
      documents: captured?.(stream).documents ?? [],
    });
  },
  async airbyte(env) {
    using folder = temporaryFolder();
    const { messages } = await askAirbyte(["discover", "--config", folder.write("config.json", CONFIG)]);
    const catalog = messages[0]?.body.streams as { name: string; json_schema: JsonSchema }[];
    const choices = catalog.map(({ name }) => ({ name }));
    const sync = await new AirbyteConnection(CONFIG, choices, env).sync();
    return (stream) => {
      const name = stream.replace("user_availablity", "user_availability");
      return {
        schema: catalog.find((one) => one.name === name)?.json_schema ?? {},
        documents: sync.records(name),
      };
    };
  },
  async singer(env) {
    using folder = temporaryFolder();
    const target = new SingerTarget();
    const catalog = { streams: requestedStreamNames.map((name) => ({ tap_stream_id: name })) };
    target.takeAll((await runTap(folder, { config: CONFIG, catalog }, env)).stdout);
    return (stream) => ({
      schema: target.schemas.get(stream)?.schema ?? {},
      documents: target.records(stream),
    });
  },
};

/** An address at which each row of the emulator takes one of the live forms, in turns. */
async function liveAccount(emulator: Emulator) {
  const insightsRead = new Map<InsightName, number>();
  const fetch = tampering(emulator.fetch, (body, { pathname }) => {
    for (const stream of listedStreamNames) if (pathname === LIST_OF[stream].path) reshapeRows(body, stream);
    for (const stream of INSIGHT_NAMES) {
      if (!pathname.endsWith(`/${INSIGHT_KINDS[stream].path}`)) continue;
      const read = insightsRead.get(stream) ?? 0;
      insightsRead.set(stream, read + 1);
      reshapeInsight(body, stream, read);
    }
  });
  const server = createServer(async (request, response) => {
    const { authorization = "" } = request.headers;
    const answer = await fetch(`${emulator.url}${request.url}`, { headers: { authorization } });
    response.statusCode = answer.status;
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reshapeRows(body: JsonObject, stream: ListedStreamName): void {
  const rows = [body[LIST_OF[stream].bodyKey] ?? []].flat().filter(isJsonObject);
  for (const [index, row] of rows.entries()) Object.assign(row, formOf(stream, index));
}

function reshapeInsight(body: JsonObject, stream: InsightName, index: number): void {
  const { envelope } = INSIGHT_KINDS[stream];
  Object.assign(envelope === null ? body : (body[envelope] as JsonObject), formOf(stream, index));
}

const LIVE_FORMS: Readonly<Record<RequestedStreamName, readonly JsonObject[]>> = {
  ...LIVE_ROWS,
  ...LIVE_INSIGHTS,
};

function formOf(stream: RequestedStreamName, index: number): JsonObject {
  const forms = LIVE_FORMS[stream];
  return structuredClone(forms[index % forms.length] ?? {});
}

function misfits({ schema, documents }: Emitted): unknown[] {
  return documents.flatMap((document) => {
    const [fits, errors] = Schema.Errors(schema, document);
    return fits ? [] : errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
  });
}

test.each(Object.entries(protocols))(
  "A14: %s declares types that hold for all that the emulator serves, and for every form of a live record",
  async (_, protocol) => {
    await using emulator = await stillAccount({ account: ACCOUNT });
    await using live = await liveAccount(emulator);
    for (const url of [emulator.url, live.url]) {
      const emitted = await protocol(emulated(url));
      for (const stream of requestedStreamNames) {
        expect(emitted(stream).documents.length, stream).toBeGreaterThan(0);
        expect(misfits(emitted(stream)), `${url === live.url ? "live" : "emulated"} ${stream}`).toEqual([]);
      }
    }
  },
  30_000,
);

test.each(requestedStreamNames)(
  "the live forms of %s have a value of each type that is declared",
  (stream) => {
    const declared = fieldsIn(streams[stream].documentSchema as JsonSchema).slice(1);
    const missing = declared
      .filter(([path]) => path !== streams[stream].keyField && !isOurs(path) && !isReadBy(stream, path))
      .flatMap(([path, schema]) =>
        [schema.type]
          .flat()
          .filter(
            (type) => type !== "null" && !valuesAt(LIVE_FORMS[stream], path).some(isOfType(String(type))),
          )
          .map((type) => `${path}: ${type}`),
      );
    expect(missing).toEqual([]);
  },
);

const isOurs = (path: FieldSchema[0]) => path.startsWith("_meta");

/** The instants by which lists are read stay those of the emulated row. */
const isReadBy = (stream: RequestedStreamName, path: string) =>
  (stream === "calls" && path === "started_at") ||
  (stream === "contacts" && /^(created|updated)_at$/.test(path));

function valuesAt(rows: readonly unknown[], path: string): unknown[] {
  return path.split(/\.|(?=\[\])/).reduce<unknown[]>(
    (values, step) => {
      if (step === "[]") return values.flatMap((value) => (Array.isArray(value) ? value : []));
      return values.map((value) => (value as JsonObject | null | undefined)?.[step]);
    },
    [...rows],
  );
}

const isOfType = (type: string) => (value: unknown) => value !== undefined && Schema.Check({ type }, value);
