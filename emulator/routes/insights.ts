import type { Context } from "hono";
import type { CallLife } from "../account/call-life.ts";
import { INSIGHT_KINDS, INSIGHT_NAMES, type InsightName } from "../account/insight-kinds.ts";
import { type InsightLife, versionAt } from "../account/insight-life.ts";
import { type Selection, UNKNOWN_ID, wholeNumber } from "../envelope.ts";
import { type InsightBody, renderEmptyInsight, renderInsight } from "../render/insight.ts";
import { type EmulatedStream, type Query, queryOf, selectItems, type World } from "./stream.ts";

const INVALID_ID = { error: "Bad Request", troubleshoot: "The id of the call is not a number" };

/** What Aircall derives from a call. No endpoint lists insights: each is read by the ID of its call. */
export const insights = Object.fromEntries(
  INSIGHT_NAMES.map((name) => [name, insightStream(name)]),
) as Readonly<Record<InsightName, EmulatedStream>>;

function insightStream(name: InsightName): EmulatedStream {
  return {
    name,
    rows: (world) => existing(world, name),
    serve(app, world) {
      app.get(`/v1/calls/:id/${INSIGHT_KINDS[name].path}`, (context) => answer(context, world, name));
    },
  };
}

function answer(context: Context, world: World, name: InsightName): Response {
  const { options } = world.account.insights;
  const id = wholeNumber(context.req.param("id"));
  if (id === null) return context.json(INVALID_ID, 400);
  const isBought = options.addOns.includes(name);
  if (!isBought && options.missing === "forbidden") return context.json({ message: "Forbidden" }, 403);
  const call = findCall(world, id);
  if (call === undefined) return context.json(UNKNOWN_ID, 404);
  const insight = renderOf(world, name, call, queryOf(context));
  if (insight !== null) return context.json(enveloped(name, insight));
  const isAwaited = call.asset !== null && call.assetAt <= world.account.nowSeconds;
  const isEmpty = isBought ? options.notReady === "empty" && isAwaited : options.missing === "empty";
  if (!isEmpty) return context.json(UNKNOWN_ID, 404);
  return context.json(enveloped(name, renderEmptyInsight(name, call, world.account)));
}

function findCall({ account: { calls, insights } }: World, id: number): CallLife | undefined {
  return insights.options.beyondHistory === "answered" ? calls.findOfAnyAge(id) : calls.find(id);
}

function renderOf({ account }: World, name: InsightName, call: CallLife, query: Query): InsightBody | null {
  const life = account.insights.of(call.id, name);
  const flags = { withPlaybook: query.flag("fetch_playbook") };
  return life === null ? null : renderInsight(life, call, account, account.nowSeconds, flags);
}

function enveloped(name: InsightName, insight: InsightBody): InsightBody {
  const { envelope } = INSIGHT_KINDS[name];
  return envelope === null ? insight : { [envelope]: insight };
}

/** The insights that are ready, of the calls that are listed, whole. The ID of the call is a number in all of them. */
function existing(world: World, name: InsightName): Selection {
  const { calls, insights, nowSeconds } = world.account;
  const { order } = calls;
  const ready: { life: InsightLife; call: CallLife }[] = [];
  for (let position = 0; position < order.length; position++) {
    const call = calls.life(order.idAt(position));
    const life = insights.of(call.id, name);
    if (life !== null && versionAt(life, nowSeconds) >= 0) ready.push({ life, call });
  }
  return selectItems(ready, ({ life, call }) => ({
    ...renderInsight(life, call, world.account, nowSeconds, { withPlaybook: true }),
    call_id: call.id,
  }));
}
