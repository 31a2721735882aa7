/** Items of which the first can be taken fast, by an order. */
export class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #precedes: (left: Item, right: Item) => boolean;

  constructor(precedes: (left: Item, right: Item) => boolean) {
    this.#precedes = precedes;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  add(item: Item): void {
    let position = this.#items.length;
    while (position > 0) {
      const parent = (position - 1) >>> 1;
      const above = this.#items[parent];
      if (above === undefined || !this.#precedes(item, above)) break;
      this.#items[position] = above;
      position = parent;
    }
    this.#items[position] = item;
  }

  take(): Item | undefined {
    const [first] = this.#items;
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(last);
    return first;
  }

  clear(): void {
    this.#items.length = 0;
  }

  /** Puts an item in place of the first. */
  #sink(item: Item): void {
    let position = 0;
    for (;;) {
      const child = this.#smallerChild(position);
      const below = this.#items[child];
      if (below === undefined || !this.#precedes(below, item)) break;
      this.#items[position] = below;
      position = child;
    }
    this.#items[position] = item;
  }

  #smallerChild(position: number): number {
    const left = 2 * position + 1;
    const [first, second] = [this.#items[left], this.#items[left + 1]];
    const isRight = first !== undefined && second !== undefined && this.#precedes(second, first);
    return isRight ? left + 1 : left;
  }
}
