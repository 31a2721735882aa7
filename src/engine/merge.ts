type Generator<T> = AsyncGenerator<T, void, void>;

type Arrival<T> = { from: Generator<T> } & ({ result: IteratorResult<T, void> } | { error: unknown });

/** The values of several generators in the order in which they come, with one value of each under way. */
export async function* merge<T>(generators: readonly Generator<T>[]): Generator<T> {
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
}
