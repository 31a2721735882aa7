/**
 * Whether an error is the stop that the signal asked for: what waits for a signal throws the signal's
 * reason. Any other error is none, even after a stop was asked for.
 */
export function isStop(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason;
}
