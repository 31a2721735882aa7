/** What the streams of one session share, so that none of them reads what another one has read: an object of each class. */
export class SharedObjects {
  readonly #objects = new Map<new () => object, object>();

  /** The object of the class, which is made when it is first asked for. */
  of<Shared extends object>(Class: new () => Shared): Shared {
    const known = this.#objects.get(Class) ?? new Class();
    this.#objects.set(Class, known);
    return known as Shared;
  }
}
