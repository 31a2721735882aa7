import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Store } from "../../src/local/index.ts";
import { streams } from "../../src/streams/index.ts";
import { openTarget } from "../../test/support/open-target.ts";
import { findPrograms, startPostgres } from "../../test/support/postgres-server.ts";
import { svgOf } from "../chart.ts";
import { count, mebibytes, rounded } from "../format.ts";
import { table } from "../markdown.ts";
import { inTemporaryFolder, print, thisMachine } from "../support.ts";
import { storeChart } from "./chart.ts";
import { CALLS_TABLE, type Rates, ratesOf, someCalls } from "./rates.ts";

/**
 * What the DuckDB file takes at the pace of a real account: a commit a second, in which 100 requests a minute bring
 * 83 contacts. The commits follow each other without waiting, so that hours pass in minutes. Then how fast the file and PostgreSQL take
 * calls. Writes `docs/store.md` and its chart.
 *
 *     npm run bench:store [-- --quick]
 *
 * `--quick` stores a tenth and only prints.
 */

const { values: options } = parseArgs({ options: { quick: { type: "boolean" } } });

const CONTACTS = options.quick ? 20_000 : 200_000;
const CONTACTS_PER_SECOND = Math.round((100 * 50) / 60);
/** A second of a following capture in which something changed; an hour has at most 3,600. */
const FOLLOW_COMMITS = options.quick ? 200 : 2_000;
const CHANGES_PER_COMMIT = 2;
const SECONDS_PER_HOUR = 3_600;

interface Phase {
  readonly name: string;
  readonly commits: number;
  readonly seconds: number;
  readonly writtenBytes: number | undefined;
  readonly fileBytes: number;
  readonly longestLogBytes: number;
  readonly peakMiB: number;
}

const CALLS = options.quick ? 2_000 : 20_000;

const phases = await inTemporaryFolder(measure);
const rates = await inTemporaryFolder(compare);
const text = report(phases, rates);
if (!options.quick) {
  const docs = new URL("../../docs/", import.meta.url);
  writeFileSync(new URL("store.md", docs), text);
  writeFileSync(new URL("store.svg", docs), await svgOf(storeChart(rates, thisMachine())));
}
print(text);

async function measure(folder: string): Promise<Phase[]> {
  const path = join(folder, "contacts.duckdb");
  const { name, keyField, documentSchema } = streams.contacts;
  const store = await openTarget(path, { tables: [{ name, keyField, documentSchema }], source: "benchmark" });
  const backfill = await phase("backfill", path, Math.ceil(CONTACTS / CONTACTS_PER_SECOND), (commit) => {
    const from = commit * CONTACTS_PER_SECOND;
    return write(store, from, Math.min(CONTACTS_PER_SECOND, CONTACTS - from), 0);
  });
  const follow = await phase("follow", path, FOLLOW_COMMITS, (commit) =>
    write(store, (commit * 7_919) % (CONTACTS - CHANGES_PER_COMMIT), CHANGES_PER_COMMIT, commit + 1),
  );
  await store.close();
  return [backfill, follow];
}

/** Both stores, each with all that makes a commit durable. */
async function compare(folder: string): Promise<Rates[]> {
  const calls = await someCalls(CALLS);
  const tables = { tables: [CALLS_TABLE], source: "benchmark" };
  const file = await openTarget(join(folder, "calls.duckdb"), tables);
  const found = [await ratesOf("DuckDB", file, calls)];
  await file.close();
  const programs = findPrograms();
  if (programs === undefined) return found;
  const stop = await startPostgres(programs, folder, {});
  const schema = await openTarget(`postgres://postgres@/postgres?host=${folder}`, tables);
  found.push(await ratesOf("PostgreSQL", schema, calls));
  await schema.close();
  await stop();
  return found;
}

async function phase(
  name: string,
  path: string,
  commits: number,
  commit: (index: number) => Promise<void>,
): Promise<Phase> {
  const startedMs = performance.now();
  const writtenBefore = writtenBytes();
  let [longestLogBytes, peakBytes] = [0, 0];
  for (let index = 0; index < commits; index++) {
    await commit(index);
    longestLogBytes = Math.max(longestLogBytes, sizeOf(`${path}.wal`));
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }
  const writtenAfter = writtenBytes();
  return {
    name,
    commits,
    seconds: (performance.now() - startedMs) / 1000,
    writtenBytes:
      writtenBefore === undefined || writtenAfter === undefined ? undefined : writtenAfter - writtenBefore,
    fileBytes: sizeOf(path),
    longestLogBytes,
    peakMiB: peakBytes / 2 ** 20,
  };
}

/** Contacts with consecutive IDs, and the state that contacts keep: a bucket for each 1,024 IDs. */
async function write(store: Store, from: number, contacts: number, version: number): Promise<void> {
  const ids = Array.from({ length: contacts }, (_, index) => 200_000_000 + from + index);
  const documents = ids.map((id) => ({
    id,
    direct_link: `https://api.aircall.io/v1/contacts/${id}`,
    first_name: `First ${id}`,
    last_name: `Last ${id} ${version}`,
    company_name: id % 3 === 0 ? `Company ${id % 997}` : null,
    information: null,
    is_shared: true,
    created_at: 1_780_000_000 + from,
    updated_at: 1_780_000_000 + from + version,
    emails: [{ id, label: "Work", value: `contact.${id}@example.com` }],
    phone_numbers: [{ id, label: "Work", value: `+1 555 ${id}` }],
    _meta: { op: "u" as const },
  }));
  const buckets = new Set(ids.map((id) => Math.floor(id / 1_024)));
  const known = Object.fromEntries(
    [...buckets].map((bucket) => [bucket, bucketText(bucket, from + contacts, version)]),
  );
  await store.commit([
    { table: "contacts", documents, patch: { watermark: 1_780_000_000 + from + version, known } },
  ]);
}

/** Five characters for each contact of the bucket so far. */
function bucketText(bucket: number, contacts: number, version: number): string {
  const last = 200_000_000 + contacts;
  const size = Math.max(1, Math.min(1_024, last - bucket * 1_024));
  return `${version.toString(36).padStart(5, "0")}${"zEDA5".repeat(size - 1)}`;
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** What this process has handed to the system for files; `undefined` where the system does not say. */
function writtenBytes(): number | undefined {
  if (!existsSync("/proc/self/io")) return undefined;
  const [, bytes] = /^wchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8")) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}

function report(found: readonly Phase[], rates: readonly Rates[]): string {
  const { cpu, cores, platform, node } = thisMachine();
  const mib = (bytes: number | undefined) => mebibytes(bytes === undefined ? undefined : bytes / 2 ** 20);
  const rows = found.map((each) => [
    each.name,
    count(each.commits),
    `${rounded((1000 * each.seconds) / each.commits)} ms`,
    mib(each.writtenBytes),
    mib(each.writtenBytes === undefined ? undefined : (each.writtenBytes / each.commits) * SECONDS_PER_HOUR),
    mib(each.fileBytes),
    mib(each.longestLogBytes),
    mebibytes(each.peakMiB),
  ]);
  return `# The stores at the pace of an account

## The DuckDB file

Made by \`npm run bench:store${options.quick ? " -- --quick" : ""}\` on ${cores} × ${cpu} (${platform}) with Node ${node.slice(1)}. The store commits once a second at the
pace of an account: a backfill of ${count(CONTACTS)} contacts brings ${CONTACTS_PER_SECOND} of them in each commit, and then each of ${count(FOLLOW_COMMITS)} commits
changes ${CHANGES_PER_COMMIT} contacts and the state. The commits follow each other without a pause. Written bytes are those that
the process handed to the system; "in an hour" is for a commit in each second. Peak memory is that of the whole process.

${table(
  ["phase", "commits", "a commit", "written", "written in an hour", "file", "longest log", "peak memory"],
  rows,
)}

## Both stores

${count(CALLS)} calls as Aircall lists them, in transactions of 1,000, which is what a local capture commits at once at most: first none of
them was there, and then each took the place of its row. A small commit changes two calls and the state. PostgreSQL runs on the same
machine with its own settings, so that each commit is on the disk before the next.

${options.quick ? "" : "![Calls a second that each store takes](store.svg)\n\n"}${table(
  ["store", "new calls a second", "changed calls a second", "a small commit"],
  rates.map((each) => [
    each.store,
    count(Math.round(each.newPerSecond)),
    count(Math.round(each.changedPerSecond)),
    `${rounded(each.smallCommitMs)} ms`,
  ]),
)}
`;
}
