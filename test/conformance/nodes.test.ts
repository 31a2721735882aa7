import { describe, expect, test } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { isDeep } from "../support/draws.ts";
import { temporaryFolder } from "../support/files.ts";
import { nodes } from "../support/nodes.ts";
import { BUNDLE, type Ended, emulated, spawnProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

/** The oldest Node that is promised, and that of the images. */
const PROMISED = [20, 24];

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };

/** All four run on either in the deep run; of the usual one, one on each. */
const USUAL_RUNS: Readonly<Record<number, string>> = { 20: "capture", 24: "singer" };

/** Some 150 requests, each of which waits for the budget and may wait for a retry. */
const ACCOUNT = { account: { calls: 4_000, contacts: 1_500 } };

type Run = (node: string, aircall: Emulator) => Promise<Ended>;

const start = (node: string, aircall: Emulator, args: readonly string[]) =>
  spawnProgram(args, { ...emulated(aircall.url), AIRCALL_RATE_WINDOW_MS: "50" }, [node, BUNDLE]);

const RUNS: Readonly<Record<string, Run>> = {
  async capture(node, aircall) {
    using folder = temporaryFolder();
    return await start(node, aircall, ["capture", "--to", folder.file("account.duckdb")]).ended;
  },
  async flow(node, aircall) {
    const session = start(node, aircall, ["flow"]);
    const bindings = listedStreamNames.map((stream) => ({ resourceConfig: { stream }, stateKey: stream }));
    session.stdin.write(`${JSON.stringify({ open: { capture: { config: CONFIG, bindings } } })}\n`);
    await session.shows("Caught up");
    session.stop();
    return session.ended;
  },
  async airbyte(node, aircall) {
    using folder = temporaryFolder();
    const streams = listedStreamNames.map((name) => ({ stream: { name }, sync_mode: "incremental" }));
    const [config, catalog] = [
      folder.write("config.json", CONFIG),
      folder.write("catalog.json", { streams }),
    ];
    return await start(node, aircall, ["airbyte", "read", "--config", config, "--catalog", catalog]).ended;
  },
  async singer(node, aircall) {
    using folder = temporaryFolder();
    return await start(node, aircall, ["singer", "--config", folder.write("config.json", CONFIG)]).ended;
  },
};

describe.each(PROMISED)("the shipped bundle on Node %i", (major) => {
  const node = nodes.get(major);

  const runs = Object.entries(RUNS).filter(([name]) => isDeep || USUAL_RUNS[major] === name);

  test.skipIf(!node).each(runs)("ends a long %s well, without a warning of Node's", async (_, run) => {
    await using aircall = await stillAccount(ACCOUNT);
    aircall.faults.add({ match: "/v1/", kind: "status", status: 503, every: 20 });
    const { exitCode, stderr } = await run(node ?? "", aircall);
    expect(aircall.requests.total).toBeGreaterThan(120);
    expect(stderr).not.toMatch(/Warning: /);
    expect(exitCode).toBe(0);
  });
});
