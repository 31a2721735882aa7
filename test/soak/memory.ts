const MIB = 1024 * 1024;

/** Calls that the hour brings, and that the emulator and the collections of this very process keep, take so much. */
const GROWTH_ALLOWED_MIB = 6;
const GROWTH_ALLOWED_SHARE = 0.1;

/** The heap through a run, in MiB, each time after what nobody holds has been collected. */
export class HeapSamples {
  readonly mib: number[] = [];

  take(): void {
    if (globalThis.gc === undefined) throw new Error("Node runs without --expose-gc");
    globalThis.gc();
    this.mib.push(process.memoryUsage().heapUsed / MIB);
  }

  /** The median of each third of the run. */
  get thirds(): readonly [number, number, number] {
    const third = Math.floor(this.mib.length / 3);
    const medians = [0, 1, 2].map((index) => median(this.mib.slice(index * third, (index + 1) * third)));
    return medians as [number, number, number];
  }

  /** The last third is hardly above the one before. */
  get isFlat(): boolean {
    const [, middle, last] = this.thirds;
    return last <= middle * (1 + GROWTH_ALLOWED_SHARE) + GROWTH_ALLOWED_MIB;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}
