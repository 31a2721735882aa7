import { BINDINGS, mergePatch } from "../../engine/index.ts";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import { EMPTY_FOR_MS } from "../../streams/index.ts";
import type { SelectedStream } from "./selection.ts";

/**
 * What Singer calls state: `{"bookmarks": {"<stream>": {...}}}`. The bookmark of a stream that follows
 * changes is the state of its binding. That of a table which is read whole with every run is
 * `{"version": <the last one that was activated>}`, with `isEmpty` if that version has no rows, and with
 * `emptySince`, in Unix seconds, while the table is read without rows. Bookmarks of other streams are kept.
 */
export class SingerState {
  readonly #earlier: JsonObject;
  #bookmarks: JsonObject;
  /** The states of the bindings that read whole tables, which begin anew with each run. */
  #fullTables: JsonObject = {};
  readonly #fullTableNames: ReadonlySet<string>;

  /** `earlier` is what `usableState` returns. */
  constructor(earlier: JsonObject, streams: readonly SelectedStream[]) {
    this.#earlier = earlier;
    this.#bookmarks = isJsonObject(earlier.bookmarks) ? earlier.bookmarks : {};
    this.#fullTableNames = new Set(streams.filter(({ isFullTable }) => isFullTable).map(({ name }) => name));
  }

  /** The state for the engine. */
  get forEngine(): JsonObject {
    const following = Object.entries(this.#bookmarks).filter(([name]) => !this.#fullTableNames.has(name));
    return { [BINDINGS]: { ...Object.fromEntries(following), ...this.#fullTables } };
  }

  /** The value of a STATE message. */
  get value(): JsonObject {
    return { ...this.#earlier, bookmarks: this.#bookmarks };
  }

  /** Applies the patch of a stream's block. */
  patch(name: string, patch: JsonObject): void {
    const own: JsonObject = { [name]: patch };
    if (this.#fullTableNames.has(name)) this.#fullTables = mergePatch(this.#fullTables, own);
    else this.#bookmarks = mergePatch(this.#bookmarks, own);
  }

  /** Whether the state has a bookmark of the stream. */
  knows(name: string): boolean {
    return name in this.#bookmarks;
  }

  /** The version of a table's next full read: the current time in milliseconds, and higher than the last version. */
  nextVersion(name: string, nowMs: number): number {
    const bookmark = this.#bookmarks[name];
    const last = isJsonObject(bookmark) && typeof bookmark.version === "number" ? bookmark.version : 0;
    return Math.max(nowMs, last + 1);
  }

  activated(name: string, version: number, isEmpty: boolean): void {
    this.#bookmarks = { ...this.#bookmarks, [name]: { version, ...(isEmpty && { isEmpty }) } };
  }

  /** Whether a table that was read without rows is empty, and not only for the moment. */
  isEmptinessBelieved(name: string, nowSeconds: number): boolean {
    const bookmark = this.#bookmarks[name];
    if (!isJsonObject(bookmark) || bookmark.isEmpty === true) return true;
    const { emptySince } = bookmark;
    const isKnown = typeof emptySince === "number" && emptySince <= nowSeconds;
    if (!isKnown) this.#bookmarks = { ...this.#bookmarks, [name]: { ...bookmark, emptySince: nowSeconds } };
    return isKnown && nowSeconds * 1000 >= emptySince * 1000 + EMPTY_FOR_MS;
  }
}
