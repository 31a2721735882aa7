/** What happens to an item when a test or a request changes the set. */
export interface ItemChange<Item> {
  readonly what: "added" | "edited" | "removed";
  readonly item: Item;
  /** The item before an edit. */
  readonly before: Item;
}

/** Is called around each change of the set. */
export interface ItemReporter<Item> {
  before(): void;
  after(change: ItemChange<Item>): void;
}

/** A small set of items that tests may change. It also remembers items that were removed. */
export class Collection<Item extends { readonly id: number }> {
  readonly #make: (index: number) => Item;
  readonly #defaultsOfAdded: () => Partial<Item>;
  readonly #listed = new Map<number, Item>();
  readonly #known = new Map<number, Item>();
  readonly #reporter: ItemReporter<Item> | null;

  /**
   * @param make creates the item of an index. Indexes start at 0 and are never reused.
   * @param defaultsOfAdded returns properties of items that are added later, in place of those from `make`.
   */
  constructor(
    size: number,
    make: (index: number) => Item,
    defaultsOfAdded: () => Partial<Item> = () => ({}),
    reporter: ItemReporter<Item> | null = null,
  ) {
    this.#make = make;
    this.#defaultsOfAdded = defaultsOfAdded;
    this.#reporter = reporter;
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
    this.#reporter?.before();
    const item = { ...this.#make(this.#known.size), ...this.#defaultsOfAdded(), ...properties };
    this.#keep(item);
    this.#reporter?.after({ what: "added", item, before: item });
    return item.id;
  }

  edit(id: number, changes: Partial<Omit<Item, "id">>): void {
    const item = this.#listed.get(id);
    if (item === undefined) throw new RangeError(`nothing listed has id ${id}`);
    this.#reporter?.before();
    const before = { ...item };
    Object.assign(item, changes);
    this.#reporter?.after({ what: "edited", item, before });
  }

  remove(id: number): void {
    const item = this.#listed.get(id);
    if (item === undefined) throw new RangeError(`nothing listed has id ${id}`);
    this.#reporter?.before();
    this.#listed.delete(id);
    this.#reporter?.after({ what: "removed", item, before: item });
  }

  #keep(item: Item): void {
    this.#listed.set(item.id, item);
    this.#known.set(item.id, item);
  }
}
