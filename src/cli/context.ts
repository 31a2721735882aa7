import type { Environment } from "../config/index.ts";
import type { Ports } from "../shared/ports.ts";
import type { Redactor } from "../shared/redactor.ts";
import type { Terminal } from "./terminal.ts";

/** The world of the program, which `main.ts` builds from the process. */
export interface CliWorld {
  readonly env: Environment;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly ports: Omit<Ports, "log">;
  /** Aborted when the person asks the program to stop. */
  readonly signal: AbortSignal;
}

/** The world of a command. */
export interface CliContext extends CliWorld {
  /** Hides the secrets of the config in everything that is logged or reported. */
  readonly redactor: Redactor;
}
