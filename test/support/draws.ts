import fc from "fast-check";

/** Whether many draws are made, as `npm run test:deep` asks for, or few. A test file that imports this one is run by both. */
export const isDeep = process.env.TEST_DEPTH === "deep";

/** How many draws a test makes. */
export const draws = (usual: number, deep: number): number => (isDeep ? deep : usual);

/** These say how many draws each property makes, and from which seed. */
const { PROPERTY_RUNS, PROPERTY_SEED } = process.env;

const isUsual = !isDeep && PROPERTY_RUNS === undefined;

/** What all draws begin from: always the same in the usual run, and otherwise a seed of the moment. */
export const firstSeed = Number(PROPERTY_SEED ?? (isUsual ? 1 : Date.now() % 2 ** 31));

/** Tries a property on made-up inputs. Unless the run is the usual one, the seed is printed with the speed. */
export async function holdsForAll<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  runs: number,
  property: (input: Input) => Promise<void>,
): Promise<void> {
  const numRuns = Number(PROPERTY_RUNS ?? runs);
  const beganMs = performance.now();
  try {
    await fc.assert(fc.asyncProperty(inputs, property), { seed: firstSeed, numRuns, endOnFailure: false });
  } finally {
    const elapsedSeconds = (performance.now() - beganMs) / 1000;
    const speed = `${numRuns} in ${elapsedSeconds.toFixed(1)} s, ${(numRuns / elapsedSeconds).toFixed(1)} a second`;
    if (!isUsual) process.stderr.write(`${name}: ${speed}, PROPERTY_SEED=${firstSeed}\n`);
  }
}
