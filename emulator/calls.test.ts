import { expect, test } from "vitest";
import { DAY_MS, ids, MINUTE_MS, NOON_SECONDS, open, QUIET } from "./testing.ts";

const DAY_SECONDS = DAY_MS / 1000;

test("from is exclusive unless configured otherwise, and to is inclusive", async () => {
  const bounds = `from=${NOON_SECONDS - 10}&to=${NOON_SECONDS - 8}`;
  const found = async (callsFromInclusive: boolean) => {
    const { emulator, rows } = await open({ account: QUIET, callsFromInclusive });
    for (const age of [11, 10, 9, 8, 7])
      emulator.account.calls.add(1, { startedAtSeconds: NOON_SECONDS - age });
    return (await rows(`/v1/calls?${bounds}`, "calls")).map((call) => call.started_at);
  };
  expect(await found(false)).toEqual([NOON_SECONDS - 9, NOON_SECONDS - 8]);
  expect(await found(true)).toEqual([NOON_SECONDS - 10, NOON_SECONDS - 9, NOON_SECONDS - 8]);
});

test("calls older than the history are neither listed nor found", async () => {
  const { emulator, rows, get, clock } = await open({ account: QUIET });
  const id = emulator.account.calls.add(1, { startedAtSeconds: NOON_SECONDS - 183 * DAY_SECONDS });
  expect(ids(await rows("/v1/calls", "calls"))).toEqual([id]);
  clock.advance(1_000);
  expect(await rows("/v1/calls", "calls")).toEqual([]);
  expect((await get(`/v1/calls/${id}`)).status).toBe(404);
});

test("a call rings, is answered, ends, gets its recording and settles", async () => {
  const { emulator, clock, call, rows } = await open({ account: QUIET });
  const { calls, users } = emulator.account;
  const [agent] = users.listed;
  const id = calls.ring({ direction: "inbound" });
  expect(await call(id)).toMatchObject({ status: "initial", user: null, ended_at: null, duration: 0 });
  clock.advance(12_000);
  calls.answer(id, agent?.id);
  expect(await call(id)).toMatchObject({
    status: "answered",
    user: { id: agent?.id },
    answered_at: NOON_SECONDS + 12,
  });
  clock.advance(60_000);
  calls.end(id);
  const ended = {
    status: "done",
    duration: 72,
    ended_at: NOON_SECONDS + 72,
    recording: null,
    pricing_type: null,
  };
  expect(await call(id)).toMatchObject(ended);
  clock.advance(30_000);
  calls.record(id);
  expect((await call(id)).recording).toContain("X-Amz-Expires=600");
  clock.advance(5 * MINUTE_MS);
  calls.settle(id);
  const settled = { started_at: NOON_SECONDS + 1, duration: 71, pricing_type: "in_bundle" };
  expect(await call(id)).toMatchObject(settled);
  expect((await rows("/v1/calls", "calls"))[0]).toMatchObject({ id, ...settled });
});

test("a call in progress is listed unless configured otherwise", async () => {
  const listed = async (listInProgress: boolean) => {
    const { emulator, rows, clock } = await open({ account: QUIET, listInProgress });
    const id = emulator.account.calls.ring();
    const before = await rows("/v1/calls", "calls");
    clock.advance(1_000);
    emulator.account.calls.end(id);
    return [before.length, (await rows("/v1/calls", "calls")).length];
  };
  expect(await listed(true)).toEqual([1, 1]);
  expect(await listed(false)).toEqual([0, 1]);
});

test("late edits change a seeded call, and nothing else of it", async () => {
  const { emulator, clock, rows, call } = await open();
  const [seeded] = await rows("/v1/calls?per_page=1", "calls");
  const id = seeded?.id ?? 0;
  const { calls, tags, users } = emulator.account;
  const [agent] = users.listed;
  const [tag] = tags.listed;
  clock.advance(MINUTE_MS);
  calls.tag(id, tag?.id ?? 0);
  calls.comment(id, "seen again");
  calls.assign(id, agent?.id ?? 0);
  calls.archive(id);
  const edited = await call(id);
  const atSeconds = NOON_SECONDS + 60;
  expect((edited.tags as unknown[]).at(-1)).toMatchObject({
    id: tag?.id,
    tagged_at: atSeconds,
    tagged_by: {},
  });
  expect((edited.comments as unknown[]).at(-1)).toMatchObject({ content: "seen again", posted_by: null });
  expect(edited).toMatchObject({ archived: true, assigned_to: { id: agent?.id } });
  expect(edited.raw_digits).toBe(seeded?.raw_digits);
  calls.untag(id, tag?.id ?? 0);
  expect(ids((await call(id)).tags as never)).not.toContain(tag?.id);
});

test("a removed tag disappears from every call; a removed user remains in old ones", async () => {
  const { emulator, call } = await open({ account: QUIET });
  const { calls, tags, users } = emulator.account;
  const agentId = users.listed[0]?.id ?? 0;
  const tagId = tags.listed[0]?.id ?? 0;
  const id = calls.ring({ direction: "inbound" });
  calls.answer(id, agentId);
  calls.tag(id, tagId);
  expect((await call(id)).tags).toHaveLength(1);
  tags.remove(tagId);
  users.remove(agentId);
  expect(await call(id)).toMatchObject({ tags: [], user: { id: agentId } });
});

test("a removed call is neither listed nor found", async () => {
  const { emulator, rows, get } = await open({ account: { calls: 200 } });
  const before = ids(await rows("/v1/calls?per_page=50", "calls"));
  emulator.account.calls.remove(before[3] ?? 0);
  expect((await get(`/v1/calls/${before[3]}`)).status).toBe(404);
  expect(ids(await rows("/v1/calls?per_page=49", "calls"))).toEqual(before.filter((_, index) => index !== 3));
});

test("signed URLs differ with every read, and short ones are returned only on request", async () => {
  const { emulator, call, get } = await open({ account: QUIET });
  const { calls } = emulator.account;
  const id = calls.ring();
  calls.answer(id);
  calls.record(id);
  const [first, second] = [await call(id), await call(id)];
  expect(first.recording).not.toBe(second.recording);
  expect(first.recording_short_url).toBeNull();
  expect(first.asset).toBe(second.asset);
  const asked = (await get(`/v1/calls/${id}?fetch_short_urls=true`)).body.call as Record<string, unknown>;
  expect(asked.recording_short_url).toEqual(expect.any(String));
  expect(asked.voicemail_short_url).toBeNull();
});

test("the contact is null unless the query requests it", async () => {
  const { emulator, call, get } = await open({ account: QUIET });
  const contactId = emulator.account.contacts.add();
  const id = emulator.account.calls.ring({ contactId });
  expect((await call(id)).contact).toBeNull();
  const asked = await get(`/v1/calls/${id}?fetch_contact=true`);
  expect(asked.body.call).toMatchObject({ contact: { id: contactId } });
});

test("search filters by direction, user, number and all tags", async () => {
  const { emulator, rows } = await open({ account: QUIET });
  const { calls, users, tags, numbers } = emulator.account;
  const [agent] = users.listed;
  const [one = { id: 0 }, two = { id: 0 }] = tags.listed;
  const [, line] = numbers.listed;
  const wanted = calls.ring({ direction: "inbound", numberId: line?.id ?? 0 });
  calls.answer(wanted, agent?.id);
  for (const tag of [one, two]) calls.tag(wanted, tag.id);
  const other = calls.ring({ direction: "outbound", numberId: numbers.listed[0]?.id ?? 0 });
  calls.tag(other, one.id);
  const search = async (query: string) => ids(await rows(`/v1/calls/search?${query}`, "calls"));
  expect(await search("")).toHaveLength(2);
  expect(await search("direction=outbound")).toEqual([other]);
  expect(await search(`user_id=${agent?.id}&direction=inbound`)).toEqual([wanted]);
  expect(await search(`phone_number=${encodeURIComponent(line?.digits ?? "")}`)).toEqual([wanted]);
  expect(await search(`tags[]=${one.id}`)).toHaveLength(2);
  expect(await search(`tags[]=${one.id}&tags[]=${two.id}`)).toEqual([wanted]);
});

test("many calls in one second are ordered by id", async () => {
  const { emulator, rows } = await open({ account: QUIET });
  const firstId = emulator.account.calls.add(120, { startedAtSeconds: NOON_SECONDS - 5 });
  const page = await rows("/v1/calls?per_page=50&page=3", "calls");
  expect(ids(page)).toEqual(Array.from({ length: 20 }, (_, offset) => firstId + 100 + offset));
  expect(page.every((call) => call.status === "done")).toBe(true);
});
