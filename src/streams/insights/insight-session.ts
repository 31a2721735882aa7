import { CallLists } from "./call-lists.ts";
import { CallStarts } from "./call-starts.ts";
import { Transcripts } from "./transcripts.ts";

/** What the streams of insights of one session share, so that none of them sends a request that another one has sent. */
export class InsightSession {
  readonly calls = new CallLists();
  readonly starts = new CallStarts();
  readonly transcripts = new Transcripts();
}
