import { isJsonObject, type Json } from "../shared/json.ts";
import type { Log } from "../shared/ports.ts";
import { digest } from "./digest.ts";
import { isId } from "./values.ts";

/** How many rows are counted and reported at most, since each takes memory and a line of the log. */
const ROWS_REPORTED = 1_000;

/**
 * The rows that a binding has skipped while the process lives. Each is logged once, however often it is
 * read: by its ID where it has one, and otherwise once for all rows with the same fault, since nothing
 * else of a row may be logged.
 */
export class MalformedRows {
  readonly #log: Log;
  readonly #onCount: (rows: number) => void;
  readonly #skipped = new Set<string>();
  readonly #logged = new Set<string>();

  /** Calls `onCount` with the number of rows so far, each time that another row is skipped. */
  constructor(log: Log, onCount: (rows: number) => void) {
    this.#log = log;
    this.#onCount = onCount;
  }

  /** `fault` describes what is wrong, and repeats no value of the row. */
  report(row: Json, fault: string): void {
    const id = isJsonObject(row) && isId(row.id) ? row.id : undefined;
    const skipped = `${id ?? digest(row)} ${fault}`;
    if (this.#skipped.size >= ROWS_REPORTED || this.#skipped.has(skipped)) return;
    this.#skipped.add(skipped);
    this.#onCount(this.#skipped.size);
    this.#logOnce(id, fault);
    if (this.#skipped.size === ROWS_REPORTED) {
      this.#log.warn(`${ROWS_REPORTED} rows were skipped; further ones are skipped without a report`);
    }
  }

  /** Warns of something that is left out of rows, which skips none of them. */
  reportOnce(sentence: string): void {
    if (this.#logged.has(sentence)) return;
    this.#logged.add(sentence);
    this.#log.warn(sentence);
  }

  #logOnce(id: number | undefined, fault: string): void {
    const line = `${id} ${fault}`;
    if (this.#logged.has(line)) return;
    this.#logged.add(line);
    this.#log.warn(
      `skipped a row, and as long as it is skipped nothing counts as deleted: ${fault}`,
      id === undefined ? {} : { id },
    );
  }
}
