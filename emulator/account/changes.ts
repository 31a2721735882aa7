import type { ItemChange, ItemReporter } from "./collection.ts";
import type { PhoneNumber, User, Webhook } from "./directory.ts";
import type { InsightName } from "./insight-kinds.ts";

/**
 * What a test or a request changes, as opposed to what happens by itself. `event` is the name under which it is
 * announced, or null if nothing announces it.
 */
export type Change =
  | { of: "call" | "contact"; id: number; event: string | null }
  | { of: "message"; id: string; event: string }
  /** `id` is that of the call. */
  | { of: "insight"; id: number; name: InsightName; event: string | null }
  | ({ of: "user" } & ItemChange<User>)
  | ({ of: "number" } & ItemChange<PhoneNumber>)
  | ({ of: "webhook" } & ItemChange<Webhook>);

export interface ChangeWatcher {
  /** Is called while the account is still as it was. */
  before(): void;
  after(change: Change): void;
}

/** Reports the changes of an account to the one who watches it. */
export class Changes {
  #watcher: ChangeWatcher | null = null;

  watch(watcher: ChangeWatcher): void {
    this.#watcher = watcher;
  }

  before(): void {
    this.#watcher?.before();
  }

  after(change: Change): void {
    this.#watcher?.after(change);
  }

  /** Reports the changes of a collection. */
  reporter<Item>(toChange: (change: ItemChange<Item>) => Change): ItemReporter<Item> {
    return { before: () => this.before(), after: (change) => this.after(toChange(change)) };
  }
}
