/** The source of the emulator's time. */
export interface EmulatorClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export interface MovableClock extends EmulatorClock {
  advance(byMs: number): void;
  set(toMs: number): void;
}

export const systemClock: EmulatorClock = { now: () => Date.now() };

/** A clock that stands still until a test moves it. */
export function movableClock(startMs: number): MovableClock {
  let currentMs = startMs;
  return {
    now: () => currentMs,
    advance(byMs) {
      currentMs += byMs;
    },
    set(toMs) {
      currentMs = toMs;
    },
  };
}
