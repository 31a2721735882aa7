import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Both halves of the young generation. Beyond this, a capture takes 100 MiB more and is no faster. */
const LARGEST_BYTES = 32 * 2 ** 20;

/** The young generation doubles at most once in this time, also where pages come as fast as they can be read. */
const LOOK_EVERY_MS = 20;

/**
 * Keeps the memory of a capture the same in every version of Node and by whichever command it is started: Node 24 lets
 * the young generation grow to four times the size that Node 20 does. The bound that V8 has for it, `--max-semi-space-size`,
 * can be set only on the command line; how much it grows by can be set at any time.
 */
export function boundYoungGeneration(): void {
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    if (young && young.space_size < LARGEST_BYTES) return;
    setFlagsFromString("--semi-space-growth-factor=1");
    clearInterval(timer);
  }, LOOK_EVERY_MS);
  timer.unref();
}
