import { isJsonObject, type Json } from "../shared/json.ts";
import type { Log } from "../shared/ports.ts";
import { digest } from "./digest.ts";
import { isId } from "./values.ts";

/** So many rows are told apart. What goes wrong more often is no longer about rows. */
const ROWS_REMEMBERED = 1_000;

/**
 * The rows that a binding could not use while the process lives. Each is told once, however often it is
 * met: by its ID where it has one, and otherwise once for all rows with the same fault, since nothing
 * else of a row may be told.
 */
export class MalformedRows {
  readonly #log: Log;
  readonly #onCount: (rows: number) => void;
  readonly #met = new Set<string>();
  readonly #told = new Set<string>();

  /** `onCount` hears how many rows there are, each time that one more is met. */
  constructor(log: Log, onCount: (rows: number) => void) {
    this.#log = log;
    this.#onCount = onCount;
  }

  /** `fault` says what is wrong, and repeats nothing of the row. */
  report(row: Json, fault: string): void {
    const id = isJsonObject(row) && isId(row.id) ? row.id : undefined;
    const met = `${id ?? digest(row)} ${fault}`;
    if (this.#met.size >= ROWS_REMEMBERED || this.#met.has(met)) return;
    this.#met.add(met);
    this.#onCount(this.#met.size);
    this.#tell(id, fault);
    if (this.#met.size === ROWS_REMEMBERED) {
      this.#log.warn(`${ROWS_REMEMBERED} rows were skipped; further ones are skipped without a report`);
    }
  }

  #tell(id: number | undefined, fault: string): void {
    const told = `${id} ${fault}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.#log.warn(
      `skipped a row, and as long as it is skipped nothing counts as deleted: ${fault}`,
      id === undefined ? {} : { id },
    );
  }
}
