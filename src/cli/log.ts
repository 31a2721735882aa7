import type { Environment } from "../config/index.ts";
import { levelledLog, logText } from "../shared/log.ts";
import type { Log } from "../shared/ports.ts";

/** Lines for a person: only what went wrong, or everything that `LOG_LEVEL` asks for. */
export function plainLog(env: Environment, write: (line: string) => void): Log {
  return levelledLog(env.LOG_LEVEL, "warn", (level, message, fields) => {
    write(`${level}: ${logText(message, fields)}`);
  });
}
