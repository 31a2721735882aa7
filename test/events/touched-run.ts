import { type EmulatorOptions, startEmulator } from "../../emulator/index.ts";
import { AircallReader, RequestBudget } from "../../src/aircall/index.ts";
import { parseEndpointConfig } from "../../src/config/index.ts";
import { type Block, type Document, mergePatch, runSession } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { Redactor } from "../../src/shared/redactor.ts";
import { bindStream, SharedObjects, streams, TouchedIds } from "../../src/streams/index.ts";
import { TestClock, takingTime } from "../support/clock.ts";
import { CONFIG, testPorts } from "../support/world.ts";

export interface TouchedRunOptions {
  readonly account?: EmulatorOptions["account"];
  /** Endpoint config beside the credentials. */
  readonly config?: JsonObject;
  /** The state of the touched objects that an earlier process has left. */
  readonly touched?: JsonObject;
  /** Left out, the request budget holds up nothing. */
  readonly requestsPerMinute?: number;
}

/**
 * One stream that follows an account in moved time, and whose events are those that a test names. Blocks are committed
 * as they come. Dispose of it with `await using`.
 */
export async function startTouchedRun(
  name: "calls" | "contacts",
  { account = {}, config, touched: left, requestsPerMinute = 1_000_000 }: TouchedRunOptions = {},
) {
  const clock = new TestClock();
  const emulator = await startEmulator({
    clock: clock.truth,
    limit: null,
    account: { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0, ...account },
  });
  const ports = { ...testPorts(clock), fetch: takingTime(clock, emulator.fetch, 0) };
  const budget = new RequestBudget({ requests: requestsPerMinute, windowMs: 60_000, clock });
  const credentials = { apiId: CONFIG.api_id, apiToken: CONFIG.api_token };
  const client = { credentials, origin: emulator.url, budget, ports, redactor: new Redactor() };
  const kept = { touched: left ?? {} };
  const touched = new TouchedIds({
    state: kept.touched,
    keep: async (patch) => {
      kept.touched = mergePatch(kept.touched, patch);
    },
    ...ports,
  });
  const { startSeconds, rereadAfterSeconds, rereadRequestsPerPass } = parseEndpointConfig({
    ...CONFIG,
    ...config,
  });
  const definition = streams[name];
  const stream = bindStream(definition, {
    reader: (signal) => new AircallReader({ client, signal }),
    ports,
    until: "follow",
    syncMode: "incremental",
    ...{ startSeconds, rereadAfterSeconds, rereadRequestsPerPass },
    rereadInsightsAfterSeconds: [],
    shared: new SharedObjects(),
    events: { touched, areEventsComing: () => true },
  });
  const stopping = new AbortController();
  const rows = new Map<number, Document>();
  const documents: Document[] = [];
  /** Called before each block is taken. */
  const hooks: { beforeBlock: (block: Block) => Promise<void> | void } = { beforeBlock: () => {} };
  let state: JsonObject = {};
  const ended = (async () => {
    const bindings = [{ stateKey: name, stream }];
    for await (const block of runSession({
      ...{ bindings, state: {}, until: "follow", signal: stopping.signal, ports },
    })) {
      await clock.hold(async () => hooks.beforeBlock(block));
      state = mergePatch(state, block.patch);
      for (const document of block.documents) {
        documents.push(document);
        if (document._meta.op === "d") rows.delete(Number(document.id));
        else rows.set(Number(document.id), document);
      }
      block.committed();
    }
  })();
  ended.catch(() => {});
  return {
    ...{ clock, emulator, touched, rows, documents, hooks, log: ports.log },
    state: () => state,
    /** The touched objects in the state. */
    keptTouched: () => kept.touched,
    /** Lets time pass, and returns the documents that came meanwhile. */
    pass: async (durationMs: number) => {
      const before = documents.length;
      await clock.runUntil(clock.truth.now() + durationMs);
      return documents.slice(before);
    },
    /** How many of the latest requests asked for such a path. */
    requests: (path: RegExp) => emulator.requests.recent.filter(({ target }) => path.test(target)).length,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await clock.runWhile(ended, 0);
      await emulator.close();
    },
  };
}
