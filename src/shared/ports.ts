/** The world outside the program, handed down from `main.ts` so that tests can hand down another. */
export interface Ports {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly fetch: typeof fetch;
  readonly log: Log;
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Rejects with the signal's reason when the signal is aborted first. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Rings after so long, unless it is cancelled by what is returned. It keeps no process alive. */
  alarm(afterMs: number, ring: () => void): () => void;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
