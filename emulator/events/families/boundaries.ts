/** The multiples of a number of seconds in `(afterSeconds, untilSeconds]`. */
export function* boundariesWithin(
  afterSeconds: number,
  untilSeconds: number,
  everySeconds: number,
): Generator<number> {
  const first = (Math.floor(afterSeconds / everySeconds) + 1) * everySeconds;
  for (let atSeconds = first; atSeconds <= untilSeconds; atSeconds += everySeconds) yield atSeconds;
}
