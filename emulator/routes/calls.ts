import type { CallLife } from "../account/call-life.ts";
import type { CallRun } from "../account/call-order.ts";
import { type Selection, UNKNOWN_ID, wholeNumber } from "../envelope.ts";
import { type CallFlags, renderCall } from "../render/call.ts";
import { digitsOf } from "./digits.ts";
import { type EmulatedStream, type Query, queryOf, selectItems, serveList, type World } from "./stream.ts";

const shape = { key: "calls", ordered: true, linked: true };

export const calls: EmulatedStream = {
  name: "calls",
  rows: listCalls,
  serve(app, world) {
    serveList(app, world, { ...shape, path: "/v1/calls", select: listCalls });
    serveList(app, world, { ...shape, path: "/v1/calls/search", select: searchCalls });
    app.get("/v1/calls/:id", (context) => {
      const life = world.account.calls.find(wholeNumber(context.req.param("id")) ?? 0);
      if (life === undefined) return context.json(UNKNOWN_ID, 404);
      return context.json({ call: renderCall(life, world.account, flagsOf(world, queryOf(context))) });
    });
  },
};

function listCalls(world: World, query: Query): Selection {
  const window = callsInWindow(world, query);
  const flags = flagsOf(world, query);
  return {
    total: window.length,
    row: (position) => renderCall(lifeAt(world, window, position), world.account, flags),
  };
}

function searchCalls(world: World, query: Query): Selection {
  const window = callsInWindow(world, query);
  const flags = flagsOf(world, query);
  const found: CallLife[] = [];
  for (let position = 0; position < window.length; position++) {
    const life = lifeAt(world, window, position);
    if (matches(life, query, world)) found.push(life);
  }
  return selectItems(found, (life) => renderCall(life, world.account, flags));
}

/** The calls that started in `(from, to]`, whole seconds. */
function callsInWindow(world: World, query: Query): CallRun {
  const { order } = world.account.calls;
  const from = query.seconds("from");
  const to = query.seconds("to");
  const afterFrom = from !== null && !world.options.callsFromInclusive ? from + 1 : from;
  const first = afterFrom === null ? 0 : order.countBefore(afterFrom);
  const end = to === null ? order.length : order.countBefore(to + 1);
  return order.slice(first, Math.max(first, end));
}

function lifeAt(world: World, window: CallRun, position: number): CallLife {
  return world.account.calls.life(window.idAt(position));
}

function matches(life: CallLife, query: Query, { account }: World): boolean {
  const direction = query.text("direction");
  const userId = query.text("user_id");
  const phoneNumber = query.text("phone_number");
  const tagIds = query.all("tags[]").map(Number);
  return (
    (direction === undefined || life.direction === direction) &&
    (userId === undefined || life.userId === Number(userId)) &&
    (phoneNumber === undefined || hasParty(life, phoneNumber, account)) &&
    tagIds.every((tagId) => isTagged(life, tagId, account))
  );
}

/** Whether a number is on either side of the call, in any spacing. */
function hasParty(life: CallLife, phoneNumber: string, account: World["account"]): boolean {
  const line = life.numberId === null ? undefined : account.numbers.recall(life.numberId)?.digits;
  return [life.rawDigits, line ?? ""].some((side) => digitsOf(side) === digitsOf(phoneNumber));
}

function isTagged(life: CallLife, tagId: number, account: World["account"]): boolean {
  const isOnCall = life.tags.some((tag) => tag.tagId === tagId && tag.atSeconds <= account.nowSeconds);
  return isOnCall && account.tags.find(tagId) !== undefined;
}

function flagsOf(world: World, query: Query): CallFlags {
  return {
    withContact: query.flag("fetch_contact"),
    withShortUrls: query.flag("fetch_short_urls"),
    signedUrlSeconds: world.options.signedUrlSeconds,
  };
}
