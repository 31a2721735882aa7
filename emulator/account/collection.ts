/** A small set of items that tests may change. It also remembers items that were removed. */
export class Collection<Item extends { readonly id: number }> {
  readonly #make: (index: number) => Item;
  readonly #defaultsOfAdded: () => Partial<Item>;
  readonly #listed = new Map<number, Item>();
  readonly #known = new Map<number, Item>();

  /**
   * @param make creates the item of an index. Indexes start at 0 and are never reused.
   * @param defaultsOfAdded returns properties of items that are added later, in place of those from `make`.
   */
  constructor(
    size: number,
    make: (index: number) => Item,
    defaultsOfAdded: () => Partial<Item> = () => ({}),
  ) {
    this.#make = make;
    this.#defaultsOfAdded = defaultsOfAdded;
    for (let index = 0; index < size; index++) this.#keep(make(index));
  }

  /** The items that the API lists, oldest first. */
  get listed(): Item[] {
    return [...this.#listed.values()];
  }

  get size(): number {
    return this.#listed.size;
  }

  find(id: number): Item | undefined {
    return this.#listed.get(id);
  }

  /** Finds an item even if it was removed, since old calls still refer to it. */
  recall(id: number): Item | undefined {
    return this.#known.get(id);
  }

  /** Adds a generated item with the given properties, and returns its ID. */
  add(properties: Partial<Omit<Item, "id">> = {}): number {
    return this.#keep({ ...this.#make(this.#known.size), ...this.#defaultsOfAdded(), ...properties });
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
