/** The outside world, which `main.ts` passes in so that tests can pass in another. */
export interface Ports {
  readonly clock: Clock;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
  readonly fetch: typeof fetch;
  readonly log: Log;
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Rejects with the signal's reason if the signal is aborted first. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Calls `ring` after `afterMs`, unless the returned function is called first. Does not keep the process alive. */
  alarm(afterMs: number, ring: () => void): () => void;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
