/**
 * Whether an error is the stop that the signal requested: a wait that the signal ends throws the
 * signal's reason. Any other error is not a stop, even after a stop was requested.
 */
export function isStop(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason;
}
