/** A small set of things a test may change: what is listed now, and everything that ever was. */
export class Collection<Item extends { readonly id: number }> {
  readonly #make: (index: number) => Item;
  readonly #newcomer: () => Partial<Item>;
  readonly #listed = new Map<number, Item>();
  readonly #known = new Map<number, Item>();

  /**
   * @param make gives the item of an index; indexes count up from 0 and are never used twice.
   * @param newcomer what is different about an item that comes after the first `size`.
   */
  constructor(size: number, make: (index: number) => Item, newcomer: () => Partial<Item> = () => ({})) {
    this.#make = make;
    this.#newcomer = newcomer;
    for (let index = 0; index < size; index++) this.#keep(make(index));
  }

  /** What the API lists, oldest first. */
  get listed(): Item[] {
    return [...this.#listed.values()];
  }

  get size(): number {
    return this.#listed.size;
  }

  find(id: number): Item | undefined {
    return this.#listed.get(id);
  }

  /** Also finds what was removed: old calls keep naming it. */
  recall(id: number): Item | undefined {
    return this.#known.get(id);
  }

  /** Adds one more, made up except for what is given, and returns its id. */
  add(given: Partial<Omit<Item, "id">> = {}): number {
    return this.#keep({ ...this.#make(this.#known.size), ...this.#newcomer(), ...given });
  }

  edit(id: number, changes: Partial<Omit<Item, "id">>): void {
    const item = this.#listed.get(id);
    if (item === undefined) throw new RangeError(`nothing listed has id ${id}`);
    Object.assign(item, changes);
  }

  remove(id: number): void {
    if (!this.#listed.delete(id)) throw new RangeError(`nothing listed has id ${id}`);
  }

  #keep(item: Item): number {
    this.#listed.set(item.id, item);
    this.#known.set(item.id, item);
    return item.id;
  }
}
