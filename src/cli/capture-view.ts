import { createLogUpdate } from "log-update";
import type { CaptureProgress, StreamProgress } from "../local/index.ts";
import { jsonLog, plainLog } from "../shared/log.ts";
import type { Clock, Log } from "../shared/ports.ts";
import type { CliContext } from "./context.ts";
import { count, counted, seconds } from "./format.ts";
import { writeLine } from "./terminal.ts";

/** Shows a capture while it runs, to a person at a terminal, in a log, or to a program. */
export interface CaptureView {
  readonly log: Log;
  start(progress: CaptureProgress): void;
  changed(progress: StreamProgress): void;
  /** Leaves the screen to what comes next. */
  stop(): void;
}

const FRAME_MS = 100;

/** A live line for each stream on a terminal, JSON lines for `--json`, otherwise a plain line now and then. */
export function captureView(context: CliContext, asJson: boolean): CaptureView {
  if (asJson) return jsonView(context);
  return context.stderr.isTTY ? liveView(context) : plainView(context);
}

function liveView({ env, stderr, ports, redactor }: CliContext): CaptureView {
  const screen = createLogUpdate(stderr);
  let timer: NodeJS.Timeout | undefined;
  return {
    log: plainLog({ level: env.LOG_LEVEL, redactor }, (line) => screen.persist(line)),
    start(progress) {
      const draw = () =>
        screen(progress.streams.map((stream) => liveLine(stream, progress, ports.clock)).join("\n"));
      timer = setInterval(draw, FRAME_MS);
      draw();
    },
    changed() {},
    stop() {
      clearInterval(timer);
      screen.clear();
      screen.done();
    },
  };
}

const STATUS_MARKS: Record<StreamProgress["status"], string> = {
  working: "•",
  waiting: "…",
  resting: "✓",
  done: "✓",
  failed: "✗",
};

function liveLine(stream: StreamProgress, { startedMs }: CaptureProgress, clock: Clock): string {
  const elapsedMs = Math.max(1, stream.lastActiveMs - startedMs);
  const changes = stream.documents + stream.deletions;
  const rate = Math.round((changes * 1000) / elapsedMs);
  return [
    STATUS_MARKS[stream.status],
    stream.stream.padEnd(17),
    `${count(changes).padStart(9)} documents`,
    `${count(stream.requests).padStart(7)} pages`,
    `${count(rate).padStart(8)}/s`,
    ` ${doing(stream, clock)}`,
  ].join(" ");
}

function doing({ waiting, backfill, error }: StreamProgress, clock: Clock): string {
  if (error) return error.message;
  if (!waiting) return backfill && backfill.leftRows > 0 ? `${count(backfill.leftRows)} to go` : "";
  return `waits for ${waiting.because}, ${seconds(Math.max(0, waiting.untilMs - clock.now()))}`;
}

/** One line when a stream has come to rest or to an end, or has to wait for long. */
function plainView({ env, stderr, ports, redactor }: CliContext): CaptureView {
  const write = (line: string) => writeLine(stderr, line);
  const written = new Map<StreamProgress, string>();
  return {
    log: plainLog({ level: env.LOG_LEVEL, redactor }, write),
    start() {},
    changed(stream) {
      const line = plainLine(stream, ports.clock);
      if (!line || written.get(stream) === line) return;
      written.set(stream, line);
      write(`${stream.stream}: ${line}`);
    },
    stop() {},
  };
}

const LONG_WAIT_MS = 5_000;

function plainLine(stream: StreamProgress, clock: Clock): string | undefined {
  const soFar = `${counted(stream.documents, "document")}, ${counted(stream.deletions, "deletion")}`;
  if (stream.status === "resting" || stream.status === "done") return soFar;
  if (stream.status !== "waiting" || !stream.waiting) return undefined;
  const isLong = stream.waiting.untilMs - clock.now() >= LONG_WAIT_MS;
  return isLong ? `${soFar}, waiting for ${stream.waiting.because}` : undefined;
}

const JSON_INTERVAL_MS = 1_000;

/** A `progress` object when a stream's status changes, and while it works one a second. */
function jsonView({ env, stdout, stderr, ports, redactor }: CliContext): CaptureView {
  const written = new Map<StreamProgress, { status: string; atMs: number }>();
  return {
    log: jsonLog({ level: env.LOG_LEVEL, redactor }, ports.clock.now, () => stderr),
    start() {},
    changed(stream) {
      const nowMs = ports.clock.now();
      const last = written.get(stream);
      if (last && last.status === stream.status && nowMs < last.atMs + JSON_INTERVAL_MS) return;
      written.set(stream, { status: stream.status, atMs: nowMs });
      writeLine(stdout, JSON.stringify({ event: "progress", ...progressFields(stream) }));
    },
    stop() {},
  };
}

/** The fields of a stream in the progress lines and the summary of `--json`. */
export function progressFields(progress: StreamProgress) {
  const { stream, status, documents, deletions, requests, skipped, error } = progress;
  return {
    ...{ stream, status, documents, deletions, requests },
    ...(skipped > 0 && { passedOver: skipped }),
    ...(error && { error: error.message }),
  };
}
