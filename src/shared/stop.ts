/** A runner such as npm passes on the Ctrl-C that the terminal has sent to the whole group already. */
const SAME_STOP_MS = 200;

/**
 * Aborts at the first SIGINT or SIGTERM, so that the work ends at a checkpoint. A later one ends the process at
 * once, as it would without a listener. SIGHUP only ever aborts: a terminal that is closed sends it
 * more than once.
 */
export function stopOnSignals(
  target: Pick<NodeJS.Process, "on" | "off" | "kill" | "pid">,
  now: () => number,
  stop: () => void,
): void {
  let askedMs: number | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    if (askedMs === undefined) {
      askedMs = now();
      return stop();
    }
    if (now() < askedMs + SAME_STOP_MS) return;
    target.off(name, onSignal);
    target.kill(target.pid, name);
  };
  target.on("SIGINT", onSignal);
  target.on("SIGTERM", onSignal);
  target.on("SIGHUP", () => stop());
}

/**
 * Whether an error is the stop that the signal requested: a wait that the signal ends throws the
 * signal's reason. Any other error is not a stop, even after a stop was requested.
 */
export function isStop(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason;
}
