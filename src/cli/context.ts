import type { Environment } from "../config/index.ts";
import type { Connector } from "../connector.ts";
import type { Ports } from "../shared/ports.ts";
import type { Terminal } from "./terminal.ts";

/** The world of a command, which `main.ts` builds from the process. */
export interface CliContext {
  readonly env: Environment;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly ports: Omit<Ports, "log">;
  /** Aborted when the person asks the program to stop. */
  readonly signal: AbortSignal;
}

/** What the commands that read an account share. */
export interface Account {
  readonly connector: Connector;
  /** The endpoint config. */
  readonly config: { readonly api_id: string; readonly api_token: string; readonly start_date?: string };
  readonly origin: string;
}
