import type { Writable } from "node:stream";
import type { Log, LogFields } from "./ports.ts";

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];

type WriteLine = (level: Level, message: string, fields: LogFields) => void;

/** A log that passes on what is at least as grave as `LOG_LEVEL` asks for. */
export function levelledLog(level: string | undefined, usual: Level, write: WriteLine): Log {
  const asked = (LEVELS as readonly string[]).indexOf(level?.toLowerCase() ?? usual);
  const threshold = asked >= 0 ? asked : LEVELS.indexOf(usual);
  const at =
    (name: Level) =>
    (message: string, fields: LogFields = {}) => {
      if (LEVELS.indexOf(name) >= threshold) write(name, message, fields);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** JSON lines in the shape that Flow reads as structured logs: a named level and an RFC 3339 instant. */
export function jsonLog(level: string | undefined, now: () => number, destination: () => Writable): Log {
  return levelledLog(level, "info", (name, message, fields) => {
    const line = { level: name, ts: new Date(now()).toISOString(), message };
    destination().write(`${JSON.stringify(Object.keys(fields).length > 0 ? { ...line, fields } : line)}\n`);
  });
}

/** Lines for a person: warnings and errors, or everything that `LOG_LEVEL` asks for. */
export function plainLog(level: string | undefined, write: (line: string) => void): Log {
  return levelledLog(level, "warn", (name, message, fields) => {
    write(`${name}: ${logText(message, fields)}`);
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
