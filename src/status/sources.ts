import type { QuotaUse } from "../connector.ts";
import type { CaptureProgress, Store } from "../local/index.ts";
import type { Clock } from "../shared/ports.ts";

/** Where the page has its figures from. Nothing here is asked of Aircall. */
export interface StatusSources {
  /** Where the rows are kept, for people. */
  readonly target: string;
  readonly progress: Pick<CaptureProgress, "events" | "startedMs" | "streams">;
  readonly store: Pick<Store, "summary">;
  /** The field that says how new a row of the stream is. */
  readonly newestBy: (stream: string) => string | undefined;
  /** The stream whose rows are shown by day and by hour. */
  readonly charted: string;
  readonly quotaUse: () => QuotaUse | undefined;
  readonly receivesEvents: boolean;
  readonly clock: Clock;
  /** Hides the secrets in a text that is shown. */
  readonly hide: (text: string) => string;
}
