import { ConfigError } from "../../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import type { Log } from "../../shared/ports.ts";
import { isStreamName, streams } from "../../streams/index.ts";

/** Keys under which runners keep a state, or a STATE message has it. */
const WRAPPERS = ["singer_state", "value", "state"] as const;

const HOW_TO_BEGIN_AGAIN =
  "To read everything again, run without a state; Meltano does with --full-refresh, or after meltano state clear.";

/**
 * The state that a file holds, `{"bookmarks": {...}}`, without the bookmarks that this version cannot read. Reads it in
 * every form in which runners keep it: the value of a STATE message, the whole message, what Meltano prints and stores
 * (`{"singer_state": {...}}`, and that under `completed` and `partial`), and each of these as text. Warns of what it does
 * not use. Throws a `ConfigError` if it can use nothing: everything would be read again, and loaded again.
 */
export function usableState(content: Json | undefined, log: Log): JsonObject {
  if (content === undefined || content === null) {
    log.warn("The state file holds no state, so everything is read.");
    return {};
  }
  const state = unwrapped(content);
  const { bookmarks = {}, ...others } = state;
  if (!isJsonObject(bookmarks)) throw invalid("bookmarks must be object");
  if (!("bookmarks" in state) && Object.values(others).some((value) => value !== null))
    throw invalid(`it has no bookmarks, but ${namesOf(others)}. ${HOW_TO_BEGIN_AGAIN}`);
  return { ...state, bookmarks: usableBookmarks(bookmarks, log) };
}

/** Bookmarks of streams that there are not are kept, in case that another version knows them. */
function usableBookmarks(bookmarks: JsonObject, log: Log): JsonObject {
  const given = Object.entries(bookmarks).filter(([, bookmark]) => !isNoBookmark(bookmark));
  const unknown = given.filter(([name]) => !isStreamName(name));
  const unreadable = given.filter(([name, bookmark]) => isStreamName(name) && !canRead(name, bookmark));
  const unused = Object.fromEntries([...unknown, ...unreadable]);
  if (given.length === 0) return bookmarks;
  if (given.length === unknown.length + unreadable.length)
    throw invalid(
      `it has bookmarks of another tap, or of a version that this one cannot read (${namesOf(unused)}), and no others. ${HOW_TO_BEGIN_AGAIN}`,
    );
  if (unreadable.length > 0)
    log.warn(
      `The state has bookmarks that this version cannot read, so these streams are read from the beginning: ${namesOf(Object.fromEntries(unreadable))}.`,
    );
  if (unknown.length > 0)
    log.warn(
      `The state has bookmarks of streams that there are not, which are not used: ${namesOf(Object.fromEntries(unknown))}.`,
    );
  const left = new Set(unreadable.map(([name]) => name));
  return Object.fromEntries(Object.entries(bookmarks).filter(([name]) => !left.has(name)));
}

function isNoBookmark(bookmark: Json): boolean {
  return bookmark === null || (isJsonObject(bookmark) && Object.keys(bookmark).length === 0);
}

/** A table that is read whole has the version that was activated last, or since when it has been empty. */
function canRead(name: string, bookmark: Json): boolean {
  if (!isStreamName(name) || !isJsonObject(bookmark)) return false;
  const isOfTable = typeof bookmark.version === "number" || typeof bookmark.emptySince === "number";
  return isOfTable || streams[name].canResumeFrom(bookmark);
}

function unwrapped(content: Json): JsonObject {
  const value = typeof content === "string" ? parsed(content) : content;
  if (value === null) return {};
  if (!isJsonObject(value)) throw invalid('it must be an object, such as {"bookmarks": {}}');
  if ("bookmarks" in value) return value;
  const wrapper = WRAPPERS.find((name) => name in value);
  if (wrapper !== undefined) return unwrapped(value[wrapper] ?? null);
  if (!("completed" in value || "partial" in value)) return value;
  return laidOver(unwrapped(value.completed ?? null), unwrapped(value.partial ?? null));
}

/** What a run that failed has left is newer than what the last complete run has. */
function laidOver(completed: JsonObject, partial: JsonObject): JsonObject {
  const bookmarks = [completed.bookmarks, partial.bookmarks].filter(isJsonObject);
  return {
    ...completed,
    ...partial,
    ...(bookmarks.length > 0 && { bookmarks: Object.assign({}, ...bookmarks) }),
  };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("it is a text that is not JSON");
  }
}

function invalid(fault: string): ConfigError {
  return new ConfigError(`The state is not valid: ${fault.endsWith(".") ? fault : `${fault}.`}`);
}

function namesOf(object: JsonObject): string {
  return Object.keys(object).join(", ").slice(0, 200);
}
