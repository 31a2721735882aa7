import type { CaptureProgress, StreamProgress } from "../local/index.ts";
import { BACKFILL_REPORT_MS, backfillFields, backfillText } from "../shared/backfills.ts";
import { repeatEvery } from "../shared/clock.ts";
import { counted } from "../shared/format.ts";
import { jsonLog, plainLog } from "../shared/log.ts";
import type { Clock, Log } from "../shared/ports.ts";
import { visible } from "../shared/visible.ts";
import type { CliContext } from "./context.ts";
import { liveLines } from "./live-line.ts";
import { LiveLines } from "./live-lines.ts";
import { writeLine } from "./terminal.ts";

/** Shows a capture while it runs, to a person at a terminal, in a log, or to a program. */
export interface CaptureView {
  readonly log: Log;
  start(progress: CaptureProgress): void;
  changed(progress: StreamProgress): void;
  /** Shows a sentence about Aircall's events. */
  status(sentence: string): void;
  /** Shows where the status page is served. */
  page(url: string): void;
  /** Leaves the screen to what comes next. */
  stop(): void;
}

const FRAME_MS = 200;

/** A live line for each stream on a terminal, JSON lines for `--json`, otherwise a plain line now and then. */
export function captureView(context: CliContext, asJson: boolean): CaptureView {
  if (asJson) return jsonView(context);
  return isLive(context) ? liveView(context) : plainView(context);
}

/** Whether the terminal can move its cursor, and a person wants it to. */
export function isLive({ stderr, env }: CliContext): boolean {
  const isCi = !["", "0", "false"].includes(env.CI ?? "");
  return stderr.isTTY && env.TERM !== "dumb" && !env.NO_COLOR && !isCi;
}

function liveView({ env, stderr, ports, redactor }: CliContext): CaptureView {
  const screen = new LiveLines(stderr);
  let timer: NodeJS.Timeout | undefined;
  return {
    log: plainLog({ level: env.LOG_LEVEL, redactor }, (line) => screen.print(line)),
    start(progress) {
      const draw = () => screen.draw(liveLines(progress, ports.clock, screen.columns));
      timer = setInterval(draw, FRAME_MS);
      draw();
    },
    changed() {},
    status: (sentence) => screen.print(visible(statusLine(sentence))),
    page: (url) => screen.print(pageLine(url)),
    stop() {
      clearInterval(timer);
      screen.clear();
    },
  };
}

const statusLine = (sentence: string) => `events: ${sentence}`;

const pageLine = (url: string) => `status page: ${url}`;

/** A stream that events wake every few seconds has a line a minute. */
const BETWEEN_LINES_MS = 60_000;

/** One line when a stream has come to rest or to an end, or has to wait for long, and one for each backfill now and then. */
function plainView({ env, stderr, ports, redactor }: CliContext): CaptureView {
  const write = (line: string) => writeLine(stderr, visible(line));
  const written = new Map<StreamProgress, { line: string; status: string; atMs: number }>();
  let all: readonly StreamProgress[] = [];
  let cancel = () => {};
  const report = (stream: StreamProgress, betweenMs: number) => {
    const line = plainLine(stream, ports.clock);
    const last = written.get(stream);
    const nowMs = ports.clock.now();
    const isRecent = last?.status === stream.status && nowMs < last.atMs + betweenMs;
    if (!line || last?.line === line || isRecent) return;
    written.set(stream, { line, status: stream.status, atMs: nowMs });
    write(`${stream.stream}: ${line}`);
  };
  return {
    log: plainLog({ level: env.LOG_LEVEL, redactor }, (line) => writeLine(stderr, line)),
    start({ streams }) {
      all = streams;
      cancel = repeatEvery(ports.clock, BACKFILL_REPORT_MS, () => {
        for (const stream of streams) {
          if (stream.backfill) write(`${stream.stream}: backfill ${backfillText(stream.backfill)}`);
          else report(stream, BETWEEN_LINES_MS);
        }
      });
    },
    changed: (stream) => report(stream, BETWEEN_LINES_MS),
    status: (sentence) => write(statusLine(sentence)),
    page: (url) => write(pageLine(url)),
    stop() {
      cancel();
      for (const stream of all) report(stream, 0);
    },
  };
}

const LONG_WAIT_MS = 5_000;

function plainLine(stream: StreamProgress, clock: Clock): string | undefined {
  const soFar = `${counted(stream.documents, "document")}, ${counted(stream.deletions, "deletion")}`;
  if (stream.status === "resting" || stream.status === "done") return soFar;
  if (stream.status !== "waiting" || !stream.waiting) return undefined;
  const waitMs = stream.waiting.untilMs - clock.now();
  return waitMs >= LONG_WAIT_MS ? `${soFar}, waiting for ${stream.waiting.because}` : undefined;
}

const JSON_INTERVAL_MS = 1_000;

/**
 * A `progress` object when a stream's status changes, one a second while it works, and one for each backfill now and
 * then; a `status` object for each sentence about events, and a `page` object with the address of the status page.
 */
function jsonView({ env, stdout, stderr, ports, redactor }: CliContext): CaptureView {
  const written = new Map<StreamProgress, { status: string; atMs: number }>();
  let cancel = () => {};
  const write = (stream: StreamProgress) => {
    written.set(stream, { status: stream.status, atMs: ports.clock.now() });
    writeLine(stdout, JSON.stringify({ event: "progress", ...progressFields(stream) }));
  };
  return {
    log: jsonLog({ level: env.LOG_LEVEL, redactor }, ports.clock.now, () => stderr),
    start({ streams }) {
      cancel = repeatEvery(ports.clock, BACKFILL_REPORT_MS, () => {
        for (const stream of streams) if (stream.backfill) write(stream);
      });
    },
    changed(stream) {
      const last = written.get(stream);
      const isNews = last?.status !== stream.status || ports.clock.now() >= last.atMs + JSON_INTERVAL_MS;
      if (isNews) write(stream);
    },
    status: (message) => writeLine(stdout, JSON.stringify({ event: "status", message })),
    page: (url) => writeLine(stdout, JSON.stringify({ event: "page", url })),
    stop: () => cancel(),
  };
}

/** The fields of a stream in the progress lines and the summary of `--json`. */
export function progressFields(progress: StreamProgress) {
  const { stream, status, documents, deletions, requests, skipped, backfill, error } = progress;
  return {
    ...{ stream, status, documents, deletions, requests },
    ...(skipped > 0 && { passedOver: skipped }),
    ...(backfill && { backfill: backfillFields(backfill) }),
    ...(error && { error: error.message }),
  };
}
