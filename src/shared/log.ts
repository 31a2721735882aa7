import type { Writable } from "node:stream";
import type { Log, LogFields } from "./ports.ts";
import type { Redactor } from "./redactor.ts";
import { visible } from "./visible.ts";

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];

type WriteLine = (level: Level, message: string, fields: LogFields) => void;

export interface LogOptions {
  /** The value of `LOG_LEVEL`. */
  readonly level: string | undefined;
  readonly redactor: Redactor;
}

/** A log of the lines that are at least as grave as `LOG_LEVEL` asks for, `usual` without it. No line has a secret. */
export function levelledLog({ level, redactor }: LogOptions, usual: Level, write: WriteLine): Log {
  const asked = (LEVELS as readonly string[]).indexOf(level?.toLowerCase() ?? usual);
  const threshold = asked >= 0 ? asked : LEVELS.indexOf(usual);
  const hidden = (value: unknown) => (typeof value === "string" ? redactor.hide(value) : value);
  const at =
    (name: Level) =>
    (message: string, fields: LogFields = {}) => {
      if (LEVELS.indexOf(name) < threshold) return;
      const hiddenFields = Object.entries(fields).map(([field, value]) => [field, hidden(value)]);
      write(name, redactor.hide(message), Object.fromEntries(hiddenFields));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** JSON lines in the shape that Flow reads as structured logs: a named level and an RFC 3339 instant. */
export function jsonLog(options: LogOptions, now: () => number, destination: () => Writable): Log {
  return levelledLog(options, "info", (name, message, fields) => {
    const line = { level: name, ts: new Date(now()).toISOString(), message };
    destination().write(`${JSON.stringify(Object.keys(fields).length > 0 ? { ...line, fields } : line)}\n`);
  });
}

/** Lines for a person: those at least as grave as `usual`, or everything that `LOG_LEVEL` asks for. */
export function plainLog(options: LogOptions, write: (line: string) => void, usual: Level = "warn"): Log {
  return levelledLog(options, usual, (name, message, fields) => {
    write(visible(`${name}: ${logText(message, fields)}`));
  });
}

/** A line of a log as a person reads it: whose it is, what happened, and the details. */
export function logText(message: string, { stream, ...others }: LogFields): string {
  const about = typeof stream === "string" ? `${stream}: ` : "";
  const details = Object.entries(others).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  return `${about}${message}${details.join("")}`;
}

/** The same log, with these fields in every line. */
export function logWith(log: Log, common: LogFields): Log {
  return {
    debug: (message, fields) => log.debug(message, { ...common, ...fields }),
    info: (message, fields) => log.info(message, { ...common, ...fields }),
    warn: (message, fields) => log.warn(message, { ...common, ...fields }),
    error: (message, fields) => log.error(message, { ...common, ...fields }),
  };
}
