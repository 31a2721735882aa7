import { deepEqual, equal, ok } from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Emulator } from "../../emulator/index.ts";
import { mergePatch } from "../../src/engine/state.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { emulated, spawnProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const run = promisify(execFile);

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };

/** The models of Estuary's development kit read every line of the unary requests and of two whole captures. */
export async function* estuary(python: string): AsyncGenerator<string> {
  await using aircall = await stillAccount({ account: { calls: 1_500, contacts: 200, tags: 60 } });
  const unary = await ask(aircall, { spec: {} }, { discover: { connectorType: "IMAGE", config: CONFIG } });
  const { bindings } = (unary[1] as Discovered).discovered;
  const validated = await ask(aircall, {
    validate: { name: "acmeCo/aircall", config: CONFIG, bindings: bindings.map(bound) },
  });
  const first = await captured(aircall, bindings, {});
  let state = {};
  for (const { checkpoint } of first) state = mergePatch(state, checkpoint?.state.updated ?? {});
  changeAccount(aircall);
  const second = await captured(aircall, bindings, state);
  const deletions = second.filter((line) => line.captured?.doc._meta.op === "d");
  equal(deletions.length, 2, "the tag and the webhook that were removed");
  const lines = [...unary, ...validated, ...first, ...second];
  const counts = await parse(python, lines);
  deepEqual(
    Object.values(counts).reduce((sum, count) => sum + count, 0),
    lines.length,
  );
  for (const kind of ["spec", "discovered", "validated", "opened", "sourcedSchema", "captured", "checkpoint"])
    ok(counts[kind], kind);
  yield `the models of estuary-cdk have parsed every line, and every document fits its schema: ${JSON.stringify(counts)}`;
}

interface Binding {
  readonly recommendedName: string;
  readonly resourceConfig: object;
  readonly documentSchema: object;
  readonly key: readonly string[];
}

interface Discovered {
  readonly discovered: { readonly bindings: readonly Binding[] };
}

interface Line {
  readonly captured?: { readonly doc: { readonly _meta: { readonly op: string } } };
  readonly checkpoint?: { readonly state: { readonly updated: JsonObject } };
}

function bound({ recommendedName, resourceConfig, documentSchema, key }: Binding) {
  const collection = { name: `acmeCo/aircall/${recommendedName}`, key, writeSchema: documentSchema };
  return { collection, resourceConfig, backfill: 0 };
}

async function ask(aircall: Emulator, ...requests: object[]): Promise<object[]> {
  const flow = spawnProgram(["flow"], emulated(aircall.url));
  flow.stdin.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  return linesOf((await flow.ended).stdout);
}

/** The lines of a session from its start until it has caught up. */
async function captured(aircall: Emulator, bindings: readonly Binding[], state: object): Promise<Line[]> {
  const flow = spawnProgram(["flow"], emulated(aircall.url));
  const capture = {
    name: "acmeCo/aircall/source-aircall",
    connectorType: "IMAGE",
    config: CONFIG,
    intervalSeconds: 300,
    bindings: bindings.map((binding) => ({
      ...bound(binding),
      resourcePath: [binding.recommendedName],
      stateKey: binding.recommendedName,
    })),
  };
  const range = { keyBegin: 0, keyEnd: 0xffffffff, rClockBegin: 0, rClockEnd: 0xffffffff };
  flow.stdin.write(`${JSON.stringify({ open: { capture, version: "1", range, state } })}\n`);
  await flow.shows("Caught up");
  flow.stop();
  return linesOf((await flow.ended).stdout) as Line[];
}

function linesOf(stdout: string): object[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function changeAccount({ account }: Emulator): void {
  account.calls.ring();
  account.contacts.add();
  account.tags.add();
  account.tags.remove(account.tags.listed[0]?.id ?? 0);
  account.webhooks.remove(account.webhooks.listed[0]?.id ?? 0);
}

async function parse(python: string, lines: readonly object[]): Promise<Record<string, number>> {
  const parsing = run(python, [new URL("estuary_parse.py", import.meta.url).pathname]);
  // A parser that fails does not read on: its own error is the one to report.
  parsing.child.stdin?.on("error", () => {});
  parsing.child.stdin?.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return JSON.parse((await parsing).stdout);
}
