import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files.ts";
import { type Ended, emulated, quietly, runProgram } from "../support/program.ts";
import { CONFIG, runTap, SingerTarget, type TapFiles } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";

const SECRET = "s3cret-value";

/** Never asked, because what is tested fails before any request. */
const NOWHERE = { AIRCALL_API_URL: "http://127.0.0.1:1" };

/** One sentence, no stack, no secret, nothing on standard output. */
function expectOneSentence(ended: Ended, sentence: RegExp): void {
  expect(ended.stdout.slice(0, 200)).toBe("");
  expect(ended.stderr).toMatch(sentence);
  expect(ended.stderr.trim().split("\n")).toHaveLength(1);
  expect(ended.stderr).not.toMatch(/^\s+at |defect/m);
  expect(ended.stderr).not.toContain(SECRET);
  expect(ended.exitCode).toBe(1);
}

const tap = (...args: string[]) => runProgram(["singer", ...args], NOWHERE);

const ofStream = (metadata: unknown, stream = "tags") => ({ streams: [{ tap_stream_id: stream, metadata }] });
const place = (metadata: unknown, breadcrumb: unknown = []) => ofStream([{ breadcrumb, metadata }]);

describe("a file that will not do is told in one sentence", () => {
  test.each<[string, TapFiles, RegExp]>([
    ["a config without a key", { config: {} }, /endpoint config is not valid: api_id, api_token is missing/],
    [
      "a config that is a list",
      { config: [SECRET] },
      /The config file .*config\.json does not hold a JSON object/,
    ],
    ["a token of another type", { config: { ...CONFIG, api_token: 5 } }, /api_token must be string/],
    [
      "a start date in words",
      { config: { ...CONFIG, start_date: SECRET } },
      /start_date must be a date and time such as/,
    ],
    ["a catalog without streams", { catalog: {} }, /The catalog is not valid: streams is missing/],
    ["a catalog that is a text", { catalog: SECRET }, /The catalog file .* does not hold a JSON object/],
    ["streams by name", { catalog: { streams: { tags: {} } } }, /streams must be array/],
    [
      "a stream without a name",
      { catalog: { streams: [{ stream: "tags" }] } },
      /streams\.0\.tap_stream_id is missing/,
    ],
    [
      "an unknown stream",
      { catalog: { streams: [{ tap_stream_id: "faxes" }] } },
      /There is no stream "faxes"\. The streams are calls, company/,
    ],
    [
      "an unknown stream that is selected",
      { catalog: { streams: [{ tap_stream_id: "tags" }, { tap_stream_id: "faxes", selected: true }] } },
      /There is no stream "faxes"/,
    ],
    [
      "a stream twice",
      { catalog: { streams: [{ tap_stream_id: "tags" }, { tap_stream_id: "tags" }] } },
      /The catalog names tags more than once/,
    ],
    ["metadata that is no list", { catalog: ofStream({}) }, /streams\.0\.metadata must be array/],
    ["a breadcrumb that is no list", { catalog: place({}, "tags") }, /breadcrumb must be array/],
    ["a selection in words", { catalog: place({ selected: "yes" }) }, /metadata\.selected must be/],
    [
      "a replication method that there is not",
      { catalog: place({ "replication-method": "LOG_BASED" }) },
      /metadata\.replication-method must be one of "INCREMENTAL", "FULL_TABLE", null/,
    ],
    ["properties without streams", { properties: {} }, /The catalog is not valid: streams is missing/],
    ["a state that is a list", { state: [] }, /The state is not valid: it must be an object, such as/],
    ["a state that is a number", { state: 5 }, /The state is not valid: it must be an object, such as/],
    [
      "a state that is a text",
      { state: "yesterday" },
      /The state is not valid: it is a text that is not JSON/,
    ],
    [
      "a state without bookmarks",
      { state: { last_run: "2026-01-31" } },
      /it has no bookmarks, but last_run\. To read everything again, run without a state;/,
    ],
    [
      "another tap's bookmarks",
      {
        state: {
          bookmarks: {
            calls: { replication_key: "started_at", replication_key_value: "2026-01-31T00:00:00Z" },
            contacts: { updated_at: 1_790_000_000 },
            users: {},
            faxes: { partitions: [] },
          },
        },
      },
      /bookmarks of another tap, or of a version that this one cannot read \(faxes, calls, contacts\), and no others\. To read/,
    ],
    [
      "bookmarks that are a list",
      { state: { bookmarks: [] } },
      /The state is not valid: bookmarks must be object/,
    ],
  ])("%s", async (_, files, sentence) => {
    using folder = temporaryFolder();
    expectOneSentence(await runTap(folder, files, NOWHERE), sentence);
  });

  test.each(["config", "catalog", "properties", "state"])("a %s that is not JSON", async (option) => {
    using folder = temporaryFolder();
    writeFileSync(folder.file("config.json"), JSON.stringify(CONFIG));
    writeFileSync(folder.file("broken.json"), `{"api_token": "${SECRET}", `);
    const given = option === "config" ? [] : ["--config", folder.file("config.json")];
    const ended = await tap(...given, `--${option}`, folder.file("broken.json"));
    expectOneSentence(ended, /The (config|catalog|state) file .*broken\.json is not JSON\./);
  });

  test.each(["config", "catalog", "state"])("a %s that is not there", async (option) => {
    using folder = temporaryFolder();
    writeFileSync(folder.file("config.json"), JSON.stringify(CONFIG));
    const given = option === "config" ? [] : ["--config", folder.file("config.json")];
    const ended = await tap(...given, `--${option}`, folder.file("nowhere.json"));
    expectOneSentence(
      ended,
      new RegExp(`The ${option} file .*nowhere\\.json cannot be read: it does not exist`),
    );
  });

  test("a config that is a folder", async () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file("config.json"));
    expectOneSentence(await tap("--config", folder.file("config.json")), /cannot be read: it is a folder/);
  });
});

test("a bookmark of which a stream can make nothing is reported, and the stream begins afresh", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 10, contacts: 20 } });
  const bookmarks = { tags: 5, contacts: { x: 1 }, faxes: "?", company: { digests: {} }, users: {} };
  const state = { bookmarks, currently_syncing: null };
  const ended = await runTap(folder, { state }, quietly(aircall.url));
  expect(ended).toMatchObject({
    exitCode: 0,
    stderr:
      "warn: The state has bookmarks that this version cannot read, so these streams are read from the beginning: tags, contacts.\n" +
      "warn: The state has bookmarks of streams that there are not, which are not used: faxes.\n",
  });
  const target = new SingerTarget().takeAll(ended.stdout);
  expect(target.records("tags")).toHaveLength(15);
  expect(target.state).toMatchObject({ currently_syncing: null, bookmarks: { faxes: "?" } });
  expect(target.bookmark("contacts")).not.toHaveProperty("x");
});

test.each([
  ["", "an empty file"],
  [" \n", "white space"],
  ["null", "null"],
])("a state file that holds %j is no state, and that is reported", async (text) => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 10, contacts: 20 } });
  const args = ["--config", folder.write("config.json", CONFIG), "--state", folder.file("state.json")];
  writeFileSync(folder.file("state.json"), text);
  const ended = await runProgram(["singer", ...args], quietly(aircall.url));
  expect(ended).toMatchObject({
    exitCode: 0,
    stderr: "warn: The state file holds no state, so everything is read.\n",
  });
});

test("a property of the config that is not known is reported once", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 10, contacts: 20 } });
  const config = { ...CONFIG, user_agent: SECRET, advanced: { page_size: 5 } };
  const { stderr, exitCode } = await runTap(folder, { config }, quietly(aircall.url));
  expect({ stderr, exitCode }).toEqual({
    exitCode: 0,
    stderr:
      "warn: The endpoint config has properties that the connector does not know and does not use: user_agent, advanced.page_size.\n",
  });
});

test("a catalog that selects nothing is taken, and that is told", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 10 } });
  const ended = await runTap(folder, { catalog: place({ selected: false }) }, emulated(aircall.url));
  expect(ended).toMatchObject({
    exitCode: 0,
    stderr: "warn: The catalog selects no stream, so nothing is read.\n",
  });
  expect(new SingerTarget().takeAll(ended.stdout).messages).toHaveLength(1);
});

test("refused credentials end the run before its first message", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 10 } });
  const ended = await runTap(folder, { config: { ...CONFIG, api_token: SECRET } }, emulated(aircall.url));
  expectOneSentence(ended, /^error: Aircall refused the API ID and token/);
});

test("a wrong command line ends with exit code 2", async () => {
  for (const [args, words] of [
    [[], /required option '--config <file>' not specified/],
    [["--fast"], /unknown option '--fast'/],
    [["--about", "--format", "xml"], /Allowed choices are text, json, markdown/],
    [
      ["-c", "c.json", "-p", "p.json", "--catalog", "p.json"],
      /cannot be used with option '--catalog <file>'/,
    ],
  ] as const) {
    const ended = await tap(...args);
    expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ended.stderr).toMatch(words);
  }
});
