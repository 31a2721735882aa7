import { INSIGHT_NAMES, type InsightName } from "./insight-kinds.ts";

/**
 * How insights come about and are answered. The defaults are what is documented or most likely; the others are what
 * else can be. Tests may change all of it while the emulator runs; events of the next hour may be as they were.
 */
export interface InsightOptions {
  /** The share of the calls with a recording or voicemail that have insights. */
  share: number;
  /** The kinds of insights that the company has bought. */
  addOns: readonly InsightName[];
  /** The answer for a kind that the company has not bought: 403, 404, or 200 with an empty insight. */
  missing: "forbidden" | "not found" | "empty";
  /** The answer for a call with a recording or voicemail that has no insight now: 404, or 200 with an empty insight. */
  notReady: "not found" | "empty";
  /**
   * Which events have the content beside the IDs: those of sentiments, topics and summaries; all but those of
   * transcriptions; or none.
   */
  eventContent: "some" | "all" | "ids";
  /** Whether one event announces all action items of a call, or one event each of them. */
  actionItemEvents: "call" | "item";
  /** The answer for a call that is older than the history that lists serve. */
  beyondHistory: "not found" | "answered";
  /** Whether the IDs of insights and of their calls are texts. */
  idsAsText: boolean;
}

/** The given options, and the defaults of the others. */
export function insightOptions(options: Partial<InsightOptions> = {}): InsightOptions {
  return { ...DEFAULTS, ...options };
}

const DEFAULTS: InsightOptions = {
  share: 0.75,
  addOns: INSIGHT_NAMES,
  missing: "forbidden",
  notReady: "not found",
  eventContent: "some",
  actionItemEvents: "call",
  beyondHistory: "not found",
  idsAsText: false,
};
