import { parseStreamName } from "../../config/index.ts";
import { ConfigError } from "../../errors.ts";
import { isRequested, type StreamName } from "../../streams/index.ts";

export interface CatalogOptions<Entry> {
  /** How messages call the catalog, such as `configured catalog`. */
  readonly what: string;
  readonly entries: readonly Entry[];
  readonly nameOf: (entry: Entry) => string;
  /** Throws a `ConfigError` for a name that is not a stream's; left out, only the connector's own names are known. */
  readonly parseName?: (name: string) => StreamName;
}

/**
 * The entries of a platform's catalog, each with the stream that it names, in their order. Throws a
 * `ConfigError` for an unknown stream, for one that comes by events only, and for a stream that is named twice.
 */
export function readCatalog<Entry>({
  what,
  entries,
  nameOf,
  parseName = parseStreamName,
}: CatalogOptions<Entry>): { readonly entry: Entry; readonly stream: StreamName }[] {
  const read = entries.map((entry) => ({ entry, stream: parseName(nameOf(entry)) }));
  const unread = read.find(({ stream }) => !isRequested(stream));
  if (unread)
    throw new ConfigError(
      `The ${what} names ${nameOf(unread.entry)}, whose rows come by events only. A run that starts and ends cannot receive events: leave the stream out, and capture it with source-aircall capture --follow.`,
    );
  const [again] = repeated(read, ({ stream }) => stream);
  if (again) throw new ConfigError(`The ${what} names ${nameOf(again.entry)} more than once.`);
  return read;
}

/** The items whose stream an earlier item has too. */
export function repeated<Item>(items: readonly Item[], streamOf: (item: Item) => StreamName): Item[] {
  const streams = items.map(streamOf);
  return items.filter((item, index) => streams.indexOf(streamOf(item)) !== index);
}
