import {
  CaptureProgress,
  captureIntoStore,
  claimFor,
  openStore,
  placeOf,
  type Store,
  type StreamProgress,
  views,
} from "../local/index.ts";
import { DONE, FAILED, STOPPED } from "../shared/exit-codes.ts";
import { count, counted, duration } from "../shared/format.ts";
import type { StatusAddress } from "../status/index.ts";
import { type StreamName, streams } from "../streams/index.ts";
import type { Account } from "./account.ts";
import { type CaptureView, progressFields } from "./capture-view.ts";
import type { CliContext } from "./context.ts";
import { withDuckDb } from "./duckdb-library.ts";
import { type SnapshotPlan, withSnapshots } from "./snapshots.ts";
import { openStatusPage } from "./status-page.ts";
import { textTable } from "./table.ts";
import { writeLine } from "./terminal.ts";

export interface LocalCapture {
  readonly account: Account;
  readonly view: CaptureView;
  /** The path of a DuckDB file, or the address of a PostgreSQL database. */
  readonly target: string;
  /** The schema in that database. */
  readonly schema?: string | undefined;
  readonly streams: readonly StreamName[];
  readonly follow: boolean;
  readonly asJson: boolean;
  readonly snapshots?: SnapshotPlan;
  /** Where the status page is served; left out, nowhere. */
  readonly status?: StatusAddress | undefined;
}

/** Opens the store, hands it to the work, and closes it whatever happens. */
export async function withStore<T>(
  { env, ports, signal }: CliContext,
  { account, view, target, schema, streams: names }: LocalCapture,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const tables = names.map((name) => {
    const { keyField, documentSchema, merges = false } = streams[name];
    return { name, keyField, documentSchema, merges };
  });
  const { clock, random } = ports;
  const world = { env, clock, random, signal, log: view.log };
  const options = { tables, views, source: account.source, schema, world };
  const store = await withDuckDb(() => openStore(target, options));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Captures into the store, prints a summary, and returns the exit code. */
export async function captureAndReport(
  context: CliContext,
  run: LocalCapture,
  store: Store,
): Promise<number> {
  const { clock } = context.ports;
  run.account.connector.recall(run.account.config, store.state.recentRequests);
  await run.account.connector.proveCredentials(run.account.config, context.signal);
  await claimFor(store, { ...run.account, place: placeOf(run.target, run.schema), signal: context.signal });
  const before = await store.rowCounts();
  const progress = new CaptureProgress({
    streams: run.streams,
    clock,
    mostRowsPerMinute: run.account.connector.mostPerMinute(run.account.config).rows,
    onChange: (changed) => run.view.changed(changed),
  });
  const page = await openStatusPage(context, run, { progress, store });
  run.view.start(progress);
  try {
    const world = { clock, signal: context.signal, log: run.view.log };
    await withSnapshots(store, { plan: run.snapshots, follow: run.follow }, world, () =>
      captureIntoStore({
        connector: run.account.connector,
        store,
        config: run.account.config,
        streams: run.streams,
        until: run.follow ? "follow" : "pass",
        signal: context.signal,
        clock,
        progress,
        onStatus: (status) => run.view.status(context.redactor.hide(status)),
      }),
    );
  } finally {
    run.view.stop();
    await page?.close();
  }
  const after = await store.rowCounts();
  const elapsedMs = clock.now() - progress.startedMs;
  const wasStopped = context.signal.aborted && !run.follow;
  if (run.asJson) writeLine(context.stdout, jsonSummary(run, progress, after, elapsedMs));
  else writeLine(context.stdout, textSummary(run, progress, { before, after, elapsedMs, wasStopped }));
  if (wasStopped) return STOPPED;
  return progress.streams.some(({ status }) => status === "failed") ? FAILED : DONE;
}

type RowCounts = Awaited<ReturnType<Store["rowCounts"]>>;

function jsonSummary(
  run: LocalCapture,
  progress: CaptureProgress,
  rows: RowCounts,
  elapsedMs: number,
): string {
  const perStream = progress.streams.map((stream) => ({
    ...progressFields(stream),
    rows: rows.get(stream.stream),
  }));
  const { fields } = placeOf(run.target, run.schema);
  return JSON.stringify({ event: "summary", ...fields, elapsedMs, streams: perStream });
}

interface Outcome {
  readonly before: RowCounts;
  readonly after: RowCounts;
  readonly elapsedMs: number;
  readonly wasStopped: boolean;
}

function textSummary(run: LocalCapture, progress: CaptureProgress, outcome: Outcome): string {
  const { name, kind } = placeOf(run.target, run.schema);
  const table = textTable(
    [
      ["stream", "left"],
      ["documents", "right"],
      ["deletions", "right"],
      ["requests", "right"],
      ["time", "right"],
      [`rows in the ${kind}`, "right"],
    ],
    progress.streams.map((stream) => [
      stream.stream,
      count(stream.documents),
      count(stream.deletions),
      count(stream.requests),
      duration(stream.lastActiveMs - progress.startedMs),
      count(outcome.after.get(stream.stream) ?? 0),
    ]),
  );
  const { streams: all } = progress;
  return [table, "", whatWasDone(name, all, outcome), ...whatWasSkipped(all), ...whatFailed(all)].join("\n");
}

function whatWasDone(place: string, all: readonly StreamProgress[], outcome: Outcome): string {
  const documents = total(all.map((stream) => stream.documents));
  const deletions = total(all.map((stream) => stream.deletions));
  const requests = counted(total(all.map((stream) => stream.requests)), "request");
  const rowsBefore = total(outcome.before.values());
  const rowsAfter = total(outcome.after.values());
  const effort = `with ${requests} in ${duration(outcome.elapsedMs)}`;
  const stopped = outcome.wasStopped ? " Stopped early: run the same command to go on." : "";
  if (rowsBefore === 0)
    return `Captured ${counted(documents, "document")} ${effort} into ${place}.${stopped}`;
  const added = rowsAfter - rowsBefore + deletions;
  return (
    `Resumed ${place} ${effort}: ${counted(rowsBefore, "row")} from earlier runs, nothing captured twice; ` +
    `${count(added)} new, ${count(documents - added)} changed, ${count(deletions)} deleted.${stopped}`
  );
}

function whatWasSkipped(all: readonly StreamProgress[]): string[] {
  const rows = all
    .filter(({ skipped }) => skipped > 0)
    .map(({ stream, skipped }) => `${counted(skipped, "row")} of ${stream}`);
  return rows.length > 0 ? [`Skipped, for the reasons above: ${rows.join(", ")}.`] : [];
}

function whatFailed(all: readonly StreamProgress[]): string[] {
  const failed = all.filter(({ error }) => error).map(({ stream }) => stream);
  return failed.length > 0 ? [`Not captured whole, for the reasons above: ${failed.join(", ")}.`] : [];
}

function total(values: Iterable<number>): number {
  return [...values].reduce((sum, value) => sum + value, 0);
}
