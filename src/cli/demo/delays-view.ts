import type { CaptureProgress } from "../../local/index.ts";
import { repeatEvery } from "../../shared/clock.ts";
import { count, counted, duration } from "../../shared/format.ts";
import { plainLog } from "../../shared/log.ts";
import { visible } from "../../shared/visible.ts";
import { type CaptureView, isLive } from "../capture-view.ts";
import type { CliContext } from "../context.ts";
import { LiveLines } from "../live-lines.ts";
import { textTable } from "../table.ts";
import { writeLine } from "../terminal.ts";
import { type CapturedChange, type Delays, percentileMs } from "./delays.ts";

/** Shows changes as they come, and what can be said of all of them. */
export interface DelaysView extends CaptureView {
  came(change: CapturedChange): void;
}

const FRAME_MS = 250;
const BETWEEN_SUMMARIES_MS = 10_000;

const HEAD = "   after  at        what happened              row in the file";

/** On a terminal, the changes scroll by above their summary; otherwise there is a line for each, and a summary now and then. */
export function delaysView(context: CliContext, delays: Delays): DelaysView {
  return isLive(context) && context.stdout.isTTY ? liveView(context, delays) : plainView(context, delays);
}

function liveView({ env, stderr, ports, redactor }: CliContext, delays: Delays): DelaysView {
  const screen = new LiveLines(stderr);
  let cancel = () => {};
  return {
    log: plainLog({ level: env.LOG_LEVEL, redactor }, (line) => screen.print(line)),
    start(progress) {
      const draw = () => screen.draw(["", `${standing(delays, progress)} Ctrl-C ends.`]);
      screen.print(HEAD);
      cancel = repeatEvery(ports.clock, FRAME_MS, () => {
        delays.settle();
        draw();
      });
      draw();
    },
    changed() {},
    page() {},
    status: (sentence) => screen.print(visible(`events: ${sentence}`)),
    came: (change) => screen.print(changeLine(change)),
    stop() {
      cancel();
      screen.clear();
    },
  };
}

function plainView({ env, stdout, stderr, ports, redactor }: CliContext, delays: Delays): DelaysView {
  const cancels: (() => void)[] = [];
  const write = (line: string) => writeLine(stdout, line);
  return {
    log: plainLog({ level: env.LOG_LEVEL, redactor }, (line) => writeLine(stderr, line)),
    start(progress) {
      write(HEAD);
      cancels.push(
        repeatEvery(ports.clock, FRAME_MS, () => delays.settle()),
        repeatEvery(ports.clock, BETWEEN_SUMMARIES_MS, () => write(standing(delays, progress))),
      );
    },
    changed() {},
    page() {},
    status: (sentence) => writeLine(stderr, visible(`events: ${sentence}`)),
    came: (change) => write(changeLine(change)),
    stop() {
      for (const cancel of cancels) cancel();
    },
  };
}

function changeLine({ event, table, id, happenedAtMs, delayMs }: CapturedChange): string {
  const time = new Date(happenedAtMs).toISOString().slice(11, 19);
  return `${duration(delayMs).padStart(8)}  ${time}  ${event.padEnd(25)}  ${table} ${id}`;
}

function standing({ captured, pendingCount }: Delays, { streams }: CaptureProgress): string {
  const rows = streams.reduce((sum, { documents }) => sum + documents, 0);
  if (captured.length === 0) return `${counted(rows, "row")} captured; waiting for the first change.`;
  return `${counted(captured.length, "change")} captured: ${spread(captured).join(", ")}; ${count(pendingCount)} on the way.`;
}

function spread(changes: readonly CapturedChange[]): string[] {
  const of = (percent: number) => duration(percentileMs(changes, percent) ?? 0);
  return [`half after ${of(50)}`, `95 % after ${of(95)}`, `all after ${of(100)}`];
}

/** The delays of all changes, by what happened. */
export function delaysTable({ captured, pendingCount }: Delays): string {
  const of = (changes: readonly CapturedChange[], percent: number) =>
    duration(percentileMs(changes, percent) ?? 0);
  const row = (title: string, changes: readonly CapturedChange[]) => [
    title,
    count(changes.length),
    ...[50, 95, 100].map((percent) => of(changes, percent)),
  ];
  const events = [...new Set(captured.map(({ event }) => event))].sort();
  const table = textTable(
    [
      ["what happened", "left"],
      ["changes", "right"],
      ["half after", "right"],
      ["95 % after", "right"],
      ["all after", "right"],
    ],
    [
      ...events.map((name) =>
        row(
          name,
          captured.filter(({ event }) => event === name),
        ),
      ),
      row("all", captured),
    ],
  );
  const left =
    pendingCount > 0 ? `\n\n${counted(pendingCount, "change")} had been announced and not yet captured.` : "";
  return `From when something happened in the account to its commit in the file:\n\n${table}${left}`;
}
