import { expect, test } from "vitest";
import { listedStreamNames, streamNames } from "../../src/streams/index.ts";
import { askAirbyte } from "../support/airbyte.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { askFlow } from "../support/flow-runtime.ts";
import { emulated, runProgram } from "../support/program.ts";
import { CONFIG, runTap } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";

const ACCOUNT = { calls: 20, days: 20, contacts: 10, users: 4, numbers: 2, teams: 2, tags: 3, webhooks: 1 };
const EVENT_STREAMS = ["events", "messages"];
/** What requests can read. */
const READABLE = streamNames.filter((name) => !EVENT_STREAMS.includes(name));

const REFUSAL =
  /names messages, whose rows come by events only\. .* leave the stream out, and capture it with source-aircall capture --follow\./;

test("V10: Airbyte lists no stream of events, and a catalog that names one is refused", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: ACCOUNT });
  const config = folder.write("config.json", CONFIG);
  const { messages } = await askAirbyte(["discover", "--config", config]);
  const listed = (messages[0]?.body.streams ?? []) as { name: string }[];
  expect(listed.map(({ name }) => name.replace("user_availability", "user_availablity"))).toEqual(READABLE);
  const catalog = folder.write("catalog.json", {
    streams: ["tags", "messages"].map((name) => ({ stream: { name }, sync_mode: "incremental" })),
  });
  const read = await askAirbyte(["read", "--config", config, "--catalog", catalog], emulated(aircall.url));
  expect(read.exitCode).toBe(1);
  expect(JSON.stringify(read.messages)).toMatch(REFUSAL);
});

test("V10: Singer lists no stream of events, and a catalog that selects one is refused", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: ACCOUNT });
  const { streams } = JSON.parse((await runProgram(["singer", "--discover"])).stdout);
  expect((streams as { stream: string }[]).map(({ stream }) => stream)).toEqual(READABLE);
  const catalog = {
    streams: ["tags", "messages"].map((tap_stream_id) => ({ tap_stream_id, selected: true })),
  };
  const { exitCode, stderr } = await runTap(folder, { config: CONFIG, catalog }, emulated(aircall.url));
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(REFUSAL);
});

test("V10: Flow validates a stream of events without a request for it", async () => {
  await using aircall = await stillAccount({ account: ACCOUNT });
  const requestsOf = async (names: readonly string[]) => {
    aircall.requests.clear();
    const bindings = names.map((stream) => ({ resourceConfig: { stream, syncMode: "incremental" } }));
    const { responses } = await askFlow(
      [{ validate: { name: "acmeCo/a", config: CONFIG, bindings } }],
      emulated(aircall.url),
    );
    expect(responses[0]?.body).toEqual({ bindings: names.map((name) => ({ resourcePath: [name] })) });
    return [...aircall.requests.byPath];
  };
  expect(await requestsOf(["tags", ...EVENT_STREAMS])).toEqual(await requestsOf(["tags"]));
});

test("V10: a capture leaves streams of events out where no events are received, and warns where they are named", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: ACCOUNT });
  const env = emulated(aircall.url);
  const all = await runProgram(["capture", "--to", folder.file("all.duckdb")], env);
  expect(all.exitCode).toBe(0);
  expect(all.stderr).not.toContain("events");
  const tables = await askFile(
    folder.file("all.duckdb"),
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_type = 'BASE TABLE' ORDER BY table_name",
  );
  expect(tables.map(({ table_name }) => table_name)).toEqual(listedStreamNames);
  const named = await runProgram(
    ["capture", "--to", folder.file("named.duckdb"), "--streams", "messages"],
    env,
  );
  expect(named.exitCode).toBe(0);
  expect(named.stderr.match(/come by events only/g)).toHaveLength(1);
  const checked = await runProgram(["check"], env);
  expect(checked.stdout).not.toMatch(/events|messages/);
});
