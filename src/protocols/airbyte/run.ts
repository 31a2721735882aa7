import { bindingFor, type CaptureEvent, type Connector } from "../../connector.ts";
import { mergePatch } from "../../engine/index.ts";
import { BACKFILL_REPORT_MS, Backfills, backfillText } from "../../shared/backfills.ts";
import { repeatEvery } from "../../shared/clock.ts";
import { DONE, FAILED, STOPPED } from "../../shared/exit-codes.ts";
import type { Json, JsonObject } from "../../shared/json.ts";
import { logWith } from "../../shared/log.ts";
import type { Log, Ports } from "../../shared/ports.ts";
import type { Redactor } from "../../shared/redactor.ts";
import type { ConfiguredStream } from "./input.ts";
import type { AirbyteWriter } from "./output.ts";
import { readStates } from "./state.ts";
import { StreamRun } from "./stream-run.ts";

export interface ReadOptions {
  /** The endpoint config. */
  readonly config: Json;
  readonly streams: readonly ConfiguredStream[];
  readonly states: Json;
  readonly connector: Connector;
  readonly writer: AirbyteWriter;
  readonly ports: Pick<Ports, "clock" | "log">;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
}

/**
 * Makes one pass over the streams, side by side, and returns the exit code: `FAILED` when a stream has failed,
 * which does not end the others, and `STOPPED` when the signal ended the pass early. Throws an error that ends all
 * streams: one that a person has to mend first, or a defect.
 */
export async function read(options: ReadOptions): Promise<number> {
  const { config, streams, connector, writer, redactor, signal } = options;
  const { clock, log } = options.ports;
  const states = readStates(options.states, log);
  const runs = streams.map(
    (configured) =>
      new StreamRun({
        configured,
        state: states.get(configured.stream),
        writer,
        clock,
        redactor,
        log: logWith(log, { stream: configured.name }),
      }),
  );
  await connector.proveCredentials(config, signal);
  const backfills = new Backfills(clock, connector.mostPerMinute(config).rows);
  const blocks = connector.capture({
    config,
    bindings: streams.map(({ stream, syncMode }) => bindingFor(stream, syncMode)),
    state: runs.reduce<JsonObject>((state, run) => mergePatch(state, run.state), {}),
    until: "pass",
    signal,
    onEvent(event) {
      backfills.onEvent(event);
      handle(event, runs[event.binding]);
    },
  });
  for (const run of runs) run.start();
  const cancel = repeatEvery(clock, BACKFILL_REPORT_MS, () => report(backfills, runs, log));
  try {
    for await (const block of blocks) await runs[block.binding]?.take(block);
  } finally {
    cancel();
    for (const run of runs) if (!run.isOver) run.breakOff();
    await writer.flush();
    for (const run of runs) run.commitCovered();
  }
  if (runs.every(({ status }) => status === "COMPLETE")) return DONE;
  return signal.aborted ? STOPPED : FAILED;
}

function report(backfills: Backfills, runs: readonly StreamRun[], log: Log): void {
  for (const [binding, standing] of backfills.underWay()) {
    const run = runs[binding];
    if (!run) continue;
    run.estimate(standing.doneRows + standing.leftRows);
    logWith(log, { stream: run.configured.name }).info(`backfill ${backfillText(standing)}`);
  }
}

function handle(event: CaptureEvent, run: StreamRun | undefined): void {
  if (event.kind === "done") run?.complete();
  else if (event.kind === "failed") run?.fail(event.error);
}
