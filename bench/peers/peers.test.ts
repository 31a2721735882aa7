import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { listedStreamNames } from "../../src/streams/index.ts";
import { isDeep } from "../../test/support/draws.ts";
import { temporaryFolder } from "../../test/support/files.ts";
import { CREDENTIALS } from "../process/accounts.ts";
import { BUNDLE } from "../support.ts";
import {
  type Contestant,
  compareInTurns,
  type Failure,
  type FirstRun,
  type Result,
  type SecondRun,
} from "./comparison.ts";
import type { Protocol } from "./peer.ts";
import { accountText, comparisonText, problemsText } from "./tables.ts";

const CONDITIONS = { calls: 120, idleMs: 700, pauseMs: 0 };
const PROTOCOLS: readonly Protocol[] = ["flow", "airbyte", "singer"];
const CONFIG = { ...CREDENTIALS, start_date: "2023-01-01T00:00:00.000Z" };

/** What the stubs share: reads calls and tags, leaves out the first call, emits the second twice, and knows nothing else. */
const CARELESS = `
  import { createInterface } from "node:readline";
  import { readFileSync } from "node:fs";
  const say = (message) => console.log(JSON.stringify(message));
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const STREAMS = ["calls", "tags"];
  async function list(name, { api_id, api_token }, waitMs = 0) {
    const authorization = "Basic " + btoa(api_id + ":" + api_token);
    const found = [];
    for (let next = process.env.AIRCALL_API_URL + "/v1/" + name + "?per_page=50&order=asc"; next; ) {
      await sleep(waitMs);
      const body = await (await fetch(next, { headers: { authorization } })).json();
      found.push(...body[name]);
      next = body.meta.next_page_link;
    }
    return name === "calls" ? [found[1], ...found.slice(1)] : found;
  }
  const [command] = process.argv.slice(2);
  const option = (name) => process.argv.includes(name) ? JSON.parse(readFileSync(process.argv[process.argv.indexOf(name) + 1])) : undefined;
`;

const AIRBYTE = `${CARELESS}
  say({ type: "LOG", log: { level: "INFO", message: "It starts." } });
  if (command === "discover") say({ type: "CATALOG", catalog: { streams: STREAMS.map((name) => ({ name, json_schema: {} })) } });
  else if (option("--state")) {
    say({ type: "TRACE", trace: { type: "ERROR", error: { message: "The state is not mine." } } });
    console.error("Traceback");
    process.exitCode = 1;
  } else {
    for (const stream of STREAMS) for (const data of await list(stream, option("--config")))
      say({ type: "RECORD", record: { stream, data, emitted_at: 0 } });
    say({ type: "STATE", state: { type: "STREAM", stream: { stream_descriptor: { name: "calls" }, stream_state: {} } } });
  }
`;

/** Writes an empty checkpoint, and then works without a line for longer than it may be idle. */
const FLOW = `${CARELESS}
  const NEEDED = ["config", "bindings", "name", "intervalSeconds", "connectorType"];
  for await (const line of createInterface({ input: process.stdin })) {
    const { discover, validate, open } = JSON.parse(line);
    if (discover) say({ discovered: { bindings: STREAMS.map((name) => (
      { recommendedName: name, resourceConfig: { name }, documentSchema: {}, key: ["/id"] })) } });
    if (validate) say({ validated: { bindings: validate.bindings.map(({ resourceConfig }) => ({ resourcePath: [resourceConfig.name] })) } });
    if (!open) continue;
    for (const name of NEEDED) if (!(name in open.capture)) throw new Error(name);
    for (const { resourcePath, stateKey } of open.capture.bindings) if (!resourcePath[0] || !stateKey) throw new Error("binding");
    if (typeof open.state !== "object") throw new Error("state");
    say({ opened: {} });
    say({ checkpoint: { state: { updated: { seen: 1, gone: 2 }, mergePatch: true } } });
    for (const [binding, stream] of STREAMS.entries())
      for (const doc of await list(stream, open.capture.config, 500)) say({ captured: { binding, doc } });
    say({ checkpoint: { state: { updated: { gone: null }, mergePatch: true } } });
    say({ captured: { binding: 1, doc: { id: "not checkpointed" } } });
    await sleep(1e6);
  }
`;

const SINGER = `${CARELESS}
  if (process.argv.includes("--discover")) console.log(JSON.stringify(
    { streams: STREAMS.map((name) => ({ tap_stream_id: name, schema: {}, metadata: [] })) }, null, 2));
  else {
    const { streams } = option("--catalog");
    for (const { tap_stream_id, metadata } of streams) if (metadata.at(-1).metadata.selected)
      for (const record of await list(tap_stream_id, option("--config"))) say({ type: "RECORD", stream: tap_stream_id, record });
    say({ type: "STATE", value: { bookmarks: {} } });
  }
`;

const STUBS: Readonly<Record<Protocol, string>> = { airbyte: AIRBYTE, flow: FLOW, singer: SINGER };

const contestant = (protocol: Protocol, command: string): Contestant => ({
  name: "it",
  env: {},
  peer: () => ({ protocol, command, config: CONFIG }),
});

const comparePeer = async (one: Contestant, conditions = CONDITIONS) =>
  (await compareInTurns([one], conditions))[0] as Result | Failure;

async function compared(protocol: Protocol, script: string) {
  using folder = temporaryFolder();
  const file = folder.file("peer.mjs");
  writeFileSync(file, script);
  return await comparePeer(contestant(protocol, `${process.execPath} ${file}`));
}

describe.each(PROTOCOLS)("a connector that speaks %s", (protocol) => {
  test.runIf(isDeep)("is shown with what it left out, emitted twice and does not offer", async () => {
    const result = (await compared(protocol, STUBS[protocol])) as Result;
    const [calls = 0, tags = 0] = [result.rows.get("calls"), result.rows.get("tags")];
    expect(result.first).toEqual({
      seconds: expect.any(Number),
      cpuSeconds: expect.any(Number),
      peakMiB: expect.any(Number),
      requests: Math.ceil(calls / 50) + Math.ceil(tags / 50),
      documents: calls + tags,
      missing: new Map([["calls", 1]]),
      absent: listedStreamNames.filter((name) => name !== "calls" && name !== "tags"),
      duplicates: 1,
      problem: undefined,
    } satisfies FirstRun);
  });

  test.runIf(isDeep || protocol === "flow")("that fails is named with the reason", async () => {
    const failure = await compared(protocol, `console.error("No such account."); process.exit(3);`);
    expect(failure).toEqual({ name: "it", because: "it ended with 3: No such account." });
    expect(comparisonText([[failure]])).toContain("failed: it ended with 3: No such account.");
  });

  // Each takes seconds of idling, and all three of them check the same of the harness.
  test.runIf(isDeep)(
    "as this one does has everything in the first run, and only what changed in the second",
    async () => {
      const command =
        protocol === "flow"
          ? `${process.execPath} ${BUNDLE} flow`
          : `${process.execPath} ${BUNDLE} ${protocol}`;
      const result = (await comparePeer(contestant(protocol, command), {
        ...CONDITIONS,
        idleMs: 2_000,
      })) as Result;
      expect(result.first).toMatchObject({ missing: new Map(), absent: [], duplicates: 0 });
      const second = result.second as SecondRun;
      expect(second).toMatchObject({ changed: { found: 5, of: 5 }, deleted: { found: 2, of: 2 } });
      expect(comparisonText([[result]])).toContain(`| it (${protocol}) |`);
      expect(accountText([[result]])).toContain(`calls ${result.rows.get("calls")}, `);
    },
  );
});

test.runIf(isDeep)(
  "the reason that an Airbyte source gives on standard output is the one that counts",
  async () => {
    const { first, second } = (await compared("airbyte", AIRBYTE)) as Result;
    expect(first.documents).toBeGreaterThan(0);
    expect(second).toBe("it ended with 1: The state is not mine.");
  },
);

test.runIf(isDeep)("what a connector emitted before it failed counts, beside the reason", async () => {
  const failing = AIRBYTE.replace(
    'say({ type: "STATE"',
    'say({ type: "TRACE", trace: { type: "ERROR", error: { message: "Users are gone." } } }); process.exitCode = 1; say({ type: "STATE"',
  );
  const result = (await compared("airbyte", failing)) as Result;
  expect(result.first.missing).toEqual(new Map([["calls", 1]]));
  expect(result.first.problem).toBe("it ended with 1: Users are gone.");
  expect(problemsText([[result]])).toBe("- it (airbyte): it ended with 1: Users are gone.");
});

test.runIf(isDeep)("connectors read one after another", async () => {
  const marks = `${CARELESS}
    import { appendFileSync } from "node:fs";
    appendFileSync("FILE", "start ");
    await sleep(300);
    appendFileSync("FILE", "end ");`;
  using folder = temporaryFolder();
  const [script, file] = [folder.file("peer.mjs"), folder.file("marks")];
  writeFileSync(script, marks.replaceAll("FILE", file));
  const slow = contestant("airbyte", `${process.execPath} ${script}`);
  await compareInTurns([slow, slow, slow], CONDITIONS);
  expect(readFileSync(file, "utf8")).toBe("start end ".repeat(3));
});

test.runIf(isDeep)(
  "rows of a Flow capture that no checkpoint follows are not counted, and it goes on from its state",
  async () => {
    const remembers = FLOW.replace(
      "say({ opened: {} });",
      'if (open.state.seen && "gone" in open.state) throw new Error("gone"); say({ opened: {} });',
    );
    expect(remembers).not.toBe(FLOW);
    const { second } = (await compared("flow", remembers)) as Result;
    expect(second).toMatchObject({ changed: { found: 3, of: 5 }, deleted: { found: 0, of: 2 } });
  },
);
