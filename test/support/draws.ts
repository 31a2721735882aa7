import fc from "fast-check";

/** Whether many draws are made, as `npm run test:deep` asks for, or few. A test file that imports this one is run by both. */
export const isDeep = process.env.TEST_DEPTH === "deep";

/** How many draws a test makes. */
export const draws = (usual: number, deep: number): number => (isDeep ? deep : usual);

/** These say how many draws each property makes, and which. */
const { PROPERTY_RUNS, PROPERTY_SEED } = process.env;

/**
 * Tries a property on made-up inputs: in the usual run always on the same ones, in the deep run on those of
 * a seed of the moment, which is printed with the speed. `PROPERTY_RUNS` and `PROPERTY_SEED` overrule both.
 */
export async function holdsForAll<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  runs: number,
  property: (input: Input) => Promise<void>,
): Promise<void> {
  const isUsual = !isDeep && PROPERTY_RUNS === undefined;
  const seed = Number(PROPERTY_SEED ?? (isUsual ? 1 : Date.now() % 2 ** 31));
  const numRuns = Number(PROPERTY_RUNS ?? runs);
  const beganMs = performance.now();
  try {
    await fc.assert(fc.asyncProperty(inputs, property), { seed, numRuns, endOnFailure: false });
  } finally {
    const elapsedSeconds = (performance.now() - beganMs) / 1000;
    const speed = `${numRuns} in ${elapsedSeconds.toFixed(1)} s, ${(numRuns / elapsedSeconds).toFixed(1)} a second`;
    if (!isUsual) process.stderr.write(`${name}: ${speed}, PROPERTY_SEED=${seed}\n`);
  }
}
