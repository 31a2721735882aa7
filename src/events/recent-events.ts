/** A few hours of a busy account, in some 2 MiB. */
const MOST_REMEMBERED = 10_000;

/**
 * The events that have come last. Aircall sends an event again that was not answered in time: it is not stored twice, and
 * is answered as soon as it is durable. Otherwise no event would ever be answered in time where storing takes longer than
 * Aircall waits.
 */
export class RecentEvents {
  /** The oldest first. */
  readonly #stored = new Map<string, Promise<void>>();

  /** Resolves once the event is durable. `store` is called unless the event has come before. */
  once(eventId: string, store: () => Promise<void>): Promise<void> {
    const known = this.#stored.get(eventId);
    if (known) return known;
    const stored = store();
    this.#stored.set(eventId, stored);
    stored.catch(() => this.#stored.delete(eventId));
    for (const oldest of this.#stored.keys()) {
      if (this.#stored.size <= MOST_REMEMBERED) break;
      this.#stored.delete(oldest);
    }
    return stored;
  }
}
