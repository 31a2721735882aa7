/**
 * The objects that were read by themselves while a list was being read. Pages of a list are asked for ahead, so that
 * one which comes later may show such an object as it was before.
 */
export class ReadMeanwhile {
  readonly #readAtSeconds = new Map<number, number>();

  /** The object has been read at an instant; Unix seconds. */
  note(id: number, nowSeconds: number): void {
    this.#readAtSeconds.set(id, nowSeconds);
  }

  /** Whether the object has been read since an instant; Unix seconds. */
  has(id: number, sinceSeconds: number): boolean {
    return (this.#readAtSeconds.get(id) ?? -Infinity) >= sinceSeconds;
  }

  /** To be called while no list is being read. */
  clear(): void {
    this.#readAtSeconds.clear();
  }
}
