/**
 * Whether an error is the stop that the signal asked for: a wait that the signal ends throws the signal's
 * reason. Any other error is a failure, even after a stop was asked for.
 */
export function isStop(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason;
}
