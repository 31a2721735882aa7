import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/files.ts";
import { CREDENTIALS, withAccounts } from "../process/accounts.ts";
import { comparePeer, comparisonTable } from "./comparison.ts";
import type { Peer, Protocol } from "./peer.ts";

/** Reads all calls, leaves out the first and emits the second twice. */
const CARELESS = `
  import { createInterface } from "node:readline";
  import { readFileSync } from "node:fs";
  const say = (message) => console.log(JSON.stringify(message));
  async function calls({ api_id, api_token }) {
    const authorization = "Basic " + btoa(api_id + ":" + api_token);
    const found = [];
    for (let next = process.env.AIRCALL_API_URL + "/v1/calls?per_page=50&order=asc"; next; ) {
      const body = await (await fetch(next, { headers: { authorization } })).json();
      found.push(...body.calls);
      next = body.meta.next_page_link;
    }
    return [found[1], ...found.slice(1)];
  }
`;

const AIRBYTE = `${CARELESS}
  const [command, , config] = process.argv.slice(2);
  say({ type: "LOG", log: { level: "INFO", message: "It starts." } });
  if (command === "discover") say({ type: "CATALOG", catalog: { streams: [{ name: "calls", json_schema: {} }] } });
  else for (const data of await calls(JSON.parse(readFileSync(config))))
    say({ type: "RECORD", record: { stream: "calls", data, emitted_at: 0 } });
`;

const FLOW = `${CARELESS}
  for await (const line of createInterface({ input: process.stdin })) {
    const { discover, open } = JSON.parse(line);
    if (discover) say({ discovered: { bindings: [
      { recommendedName: "calls", resourceConfig: { stream: "calls" }, documentSchema: {}, key: ["/id"] }] } });
    if (!open) continue;
    say({ opened: {} });
    for (const doc of await calls(open.capture.config)) say({ captured: { binding: 0, doc } });
    say({ checkpoint: {} });
  }
`;

const QUIET_MS = 200;

describe.each<[Protocol, string]>([
  ["airbyte", AIRBYTE],
  ["flow", FLOW],
])("a connector that speaks %s", (protocol, script) => {
  test("is shown with the calls that it left out and those that it emitted twice", async () => {
    using folder = temporaryFolder();
    const file = folder.file("peer.mjs");
    writeFileSync(file, script);
    const peer: Peer = { protocol, command: `${process.execPath} ${file}`, config: CREDENTIALS };
    const row = await withAccounts({ accounts: 1, calls: 120 }, async (accounts) => {
      const calls = (await accounts.ids()).length;
      return { calls, ...(await comparePeer(peer, accounts, {}, QUIET_MS)) };
    });
    expect(row).toMatchObject({
      documents: row.calls,
      requests: Math.ceil(row.calls / 50),
      missing: 1,
      duplicates: 1,
    });
    expect(row).toMatchObject({ cpuSeconds: expect.any(Number), peakMiB: expect.any(Number) });
  });

  test("that fails is named with the reason", async () => {
    const command = `${process.execPath} -e 'console.error("No such account."); process.exit(3)'`;
    const row = await withAccounts({ accounts: 1, calls: 1 }, (accounts) =>
      comparePeer({ protocol, command, config: CREDENTIALS }, accounts, {}, QUIET_MS),
    );
    expect(comparisonTable([row])).toContain("failed: it ended with 3: No such account.");
  });
});
