type Generator<T> = AsyncGenerator<T, void, void>;

type Arrival<T> = { from: Generator<T> } & ({ result: IteratorResult<T, void> } | { error: unknown });

/**
 * Yields the values of several generators in the order in which they arrive. Each generator works
 * at most one value ahead of the reader. However the merge ends, it first calls `stop`, which MUST
 * end every wait in the generators, and then closes all of them. Throws the first error that a
 * generator throws.
 */
export async function* merge<T>(generators: readonly Generator<T>[], stop: () => void): Generator<T> {
  const arrivals: Arrival<T>[] = [];
  let wake = () => {};
  const arrive = (arrival: Arrival<T>) => {
    arrivals.push(arrival);
    wake();
  };
  const pull = (from: Generator<T>) => {
    from.next().then(
      (result) => arrive({ from, result }),
      (error: unknown) => arrive({ from, error }),
    );
  };
  let failed = false;
  try {
    for (const generator of generators) pull(generator);
    for (let running = generators.length; running > 0; ) {
      if (arrivals.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const arrival = arrivals.shift();
      if (!arrival) continue;
      if ("error" in arrival) throw arrival.error;
      if (arrival.result.done) running -= 1;
      else {
        yield arrival.result.value;
        pull(arrival.from);
      }
    }
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    stop();
    const errors = await closingErrors(generators);
    if (!failed) throwFirst([...errors, ...arrivals.flatMap((one) => ("error" in one ? [one.error] : []))]);
  }
}

async function closingErrors<T>(generators: readonly Generator<T>[]): Promise<unknown[]> {
  const closings = await Promise.allSettled(generators.map((generator) => generator.return()));
  return closings.flatMap((closing) => (closing.status === "rejected" ? [closing.reason] : []));
}

function throwFirst(errors: readonly unknown[]): void {
  if (errors.length > 0) throw errors[0];
}
