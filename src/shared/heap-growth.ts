import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Both halves of the young generation. Beyond this, a capture takes 100 MiB more and is no faster. */
const LARGEST_YOUNG_BYTES = 32 * 2 ** 20;

/** The young generation doubles at most once in this time, also where pages come as fast as they can be read. */
const LOOK_EVERY_MS = 20;

/** How far the heap may grow beyond what is in use before it is collected: as far as V8 lets a heap of 700 MiB grow. */
const GROWTH_PERCENT = 50;

/**
 * Keeps the memory of a capture about the same in every version of Node, on every machine, and by whichever command it
 * is started: V8 chooses the sizes by its version and by the memory of the machine. Its bounds, such as
 * `--max-semi-space-size`, can be set only on the command line; how fast a heap grows can be set at any time.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    if (young && young.space_size < LARGEST_YOUNG_BYTES) return;
    setFlagsFromString("--semi-space-growth-factor=1");
    clearInterval(timer);
  }, LOOK_EVERY_MS);
  timer.unref();
}
