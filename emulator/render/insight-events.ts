import type { Account } from "../account/account.ts";
import type { CallLife } from "../account/call-life.ts";
import type { InsightName } from "../account/insight-kinds.ts";
import type { InsightLife } from "../account/insight-life.ts";
import { type InsightBody, renderInsight } from "./insight.ts";

/** The field of the content that an event has even where it has little else. */
const SHOWN: Partial<Record<InsightName, string>> = {
  sentiments: "participants",
  topics: "content",
  summaries: "content",
};

/** The data of each event that announces a version of an insight: of one event, or none or more for action items. */
export function insightEvents(
  life: InsightLife,
  call: CallLife,
  account: Account,
  atSeconds: number,
): (() => InsightBody)[] {
  const render = () => renderInsight(life, call, account, atSeconds) ?? {};
  if (life.name !== "action_items") return [() => dataOf(life.name, render(), account)];
  const { call_id, action_items: items } = render() as { call_id: unknown; action_items: InsightBody[] };
  const shownItems = account.insights.options.actionItemEvents === "call" ? items.slice(0, 1) : items;
  const isForCall = account.insights.options.actionItemEvents === "call";
  return shownItems.map((item) => () => {
    const content = isForCall ? { id: item.id, action_items: items } : item;
    return dataOf(life.name, { call_id, ...content }, account);
  });
}

/** No event has a transcription: it is read after its event. */
function dataOf(name: InsightName, body: InsightBody, { insights }: Account): InsightBody {
  const { eventContent } = insights.options;
  const { id, call_id } = body;
  const shown = SHOWN[name];
  if (eventContent === "all" && name !== "transcriptions") return body;
  if (eventContent === "some" && shown !== undefined) return { id, call_id, [shown]: body[shown] };
  return { id, call_id };
}
