/** Where the emulator reads the time: milliseconds since the UNIX epoch. */
export interface EmulatorClock {
  now(): number;
}

export interface MovableClock extends EmulatorClock {
  advance(byMs: number): void;
  set(toMs: number): void;
}

export const systemClock: EmulatorClock = { now: () => Date.now() };

/** A clock that stands still until it is moved. */
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
