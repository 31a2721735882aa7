import fc from "fast-check";

/** How many histories `npm run test:properties` tries; absent in the usual run, which tries few and always the same. */
const ASKED_RUNS = Number(process.env.PROPERTY_RUNS ?? 0);

/**
 * Tries a property on made-up inputs: on a few with a fixed seed, or on as many as `PROPERTY_RUNS`
 * says with a seed of the moment (or `PROPERTY_SEED`), which is told with the speed.
 */
export async function holdsForAll<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  usualRuns: number,
  property: (input: Input) => Promise<void>,
): Promise<void> {
  const seed = ASKED_RUNS > 0 ? Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31) : 1;
  const numRuns = ASKED_RUNS || usualRuns;
  const beganMs = performance.now();
  try {
    await fc.assert(fc.asyncProperty(inputs, property), { seed, numRuns, endOnFailure: false });
  } finally {
    const elapsedSeconds = (performance.now() - beganMs) / 1000;
    if (ASKED_RUNS > 0) {
      const speed = `${numRuns} in ${elapsedSeconds.toFixed(1)} s, ${(numRuns / elapsedSeconds).toFixed(1)} a second`;
      process.stderr.write(`${name}: ${speed}, PROPERTY_SEED=${seed}\n`);
    }
  }
}
