import type { AircallReader, Endpoint, Page } from "../aircall/index.ts";
import { ListTooLong } from "../errors.ts";

/** One reading of a list, and whether it has read the list whole. */
export class WholeListReading {
  readonly #keys = new Set<string>();
  /** The number of rows of the whole list, as the last page counts them. */
  total: number | undefined;
  #isSteady = true;
  pageCount = 0;
  rowCount = 0;
  /** Rows without a key that can be used. */
  skippedCount = 0;
  /** Set when the list has more rows than the API serves; those that it serves have been read. */
  tooLong: ListTooLong | undefined;

  async *pages(api: AircallReader, endpoint: Endpoint): AsyncGenerator<Page> {
    try {
      for await (const page of api.pages(endpoint)) {
        this.pageCount = page.number;
        this.rowCount += page.rows.length;
        this.#watchTotal(page);
        yield page;
      }
    } catch (error) {
      if (!(error instanceof ListTooLong)) throw error;
      this.tooLong = error;
    }
  }

  saw(key: string): void {
    this.#keys.add(key);
  }

  hasSeen(key: string): boolean {
    return this.#keys.has(key);
  }

  /** The list has rows, and all of them are malformed. */
  get isUseless(): boolean {
    return this.rowCount > 0 && this.#keys.size === 0;
  }

  /** The list has no rows, and does not claim to have any. */
  get isEmpty(): boolean {
    return this.rowCount === 0 && !this.isShort;
  }

  /** Fewer rows than the list counts have been read. */
  get isShort(): boolean {
    return this.#keys.size + this.skippedCount < (this.total ?? 0);
  }

  /** False as well when the total changed between two pages: then a row may have been missed. */
  get isWhole(): boolean {
    return this.#isSteady && this.tooLong === undefined && this.total === this.#keys.size;
  }

  #watchTotal(page: Page): void {
    if (page.number > 1 && page.total !== this.total) this.#isSteady = false;
    this.total = page.total;
  }
}
