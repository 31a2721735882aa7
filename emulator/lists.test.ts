import { expect, test } from "vitest";
import type { InsightName, StreamName } from "./index.ts";
import {
  DAY_MS,
  EMPTY,
  ids,
  NOON_SECONDS,
  open,
  QUIET,
  type Row,
  type Session,
  unsigned,
} from "./testing.ts";

const LISTS: Record<
  Exclude<StreamName, "company" | "messages" | InsightName>,
  { path: string; key: string }
> = {
  calls: { path: "/v1/calls", key: "calls" },
  contacts: { path: "/v1/contacts", key: "contacts" },
  users: { path: "/v2/users", key: "users" },
  user_availablity: { path: "/v1/users/availabilities", key: "users" },
  teams: { path: "/v1/teams", key: "teams" },
  numbers: { path: "/v1/numbers", key: "numbers" },
  tags: { path: "/v1/tags", key: "tags" },
  webhooks: { path: "/v1/webhooks", key: "webhooks" },
};
const NAMES = Object.keys(LISTS) as (keyof typeof LISTS)[];

async function walk({ rows }: Session, { path, key }: { path: string; key: string }): Promise<Row[]> {
  const found: Row[] = [];
  for (let page = 1; ; page++) {
    const got = await rows(`${path}?per_page=50&page=${page}`, key);
    found.push(...got);
    if (got.length < 50) return found;
  }
}

test.each(NAMES)("%s over HTTP equals its truth, in order", async (name) => {
  const session = await open({ account: { calls: 300, contacts: 120 } });
  const served = await walk(session, LISTS[name]);
  expect(served.length).toBeGreaterThan(0);
  expect(served.map(unsigned)).toEqual([...session.emulator.truth(name)].map(unsigned));
});

test.each(NAMES)("%s of an empty account is an empty page", async (name) => {
  const { get } = await open({ account: EMPTY });
  const { status, body } = await get(LISTS[name].path);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    meta: { count: 0, total: 0, current_page: 1, per_page: 20 },
    [LISTS[name].key]: [],
  });
});

test.each(NAMES)("%s refuses a position beyond 10,000, even when empty", async (name) => {
  const { get } = await open({ account: EMPTY });
  const { path, key } = LISTS[name];
  expect(await get(`${path}?per_page=50&page=200`)).toMatchObject({ status: 200, body: { [key]: [] } });
  const refused = await get(`${path}?per_page=50&page=201`);
  expect(refused.status).toBe(400);
  expect(refused.body).toEqual({
    error: "Bad Request",
    data: null,
    message: "BAD_REQUEST",
    errors:
      "Your query is limited to 10k results and pagination is out of bound, please use timestamps or other filters.",
    troubleshoot: "BAD_REQUEST",
    success: false,
  });
});

test("per_page is 20 by default, and never above 50", async () => {
  const { get } = await open();
  expect((await get("/v1/calls")).body.meta).toMatchObject({ per_page: 20, count: 20 });
  expect((await get("/v2/users?per_page=500")).body.meta).toMatchObject({
    per_page: 50,
    count: 50,
    total: 60,
  });
});

test("links are absolute, repeat the filters and end in null", async () => {
  const { get, emulator } = await open();
  const from = NOON_SECONDS - 1;
  const first = (await get(`/v1/numbers?per_page=20&order=desc&to=${from}`)).body.meta;
  expect(first).toMatchObject({ previous_page_link: null });
  const link = new URL((first as { next_page_link: string }).next_page_link);
  expect(link.origin).toBe(emulator.url);
  expect(Object.fromEntries(link.searchParams)).toEqual({
    per_page: "20",
    order: "desc",
    to: String(from),
    page: "2",
  });
  const last = (await get(link.pathname + link.search)).body.meta;
  expect(last).toMatchObject({ count: 5, next_page_link: null });
  expect((last as { previous_page_link: string }).previous_page_link).toContain("page=1");
});

test("there is a link to the page beyond the limit", async () => {
  const { get, emulator } = await open({ account: QUIET });
  emulator.account.calls.add(10_001, { startedAtSeconds: NOON_SECONDS - 60 });
  const { status, body } = await get("/v1/calls?per_page=50&page=200");
  expect(status).toBe(200);
  expect(body.meta).toMatchObject({ count: 50, total: 10_001 });
  expect((body.meta as { next_page_link: string }).next_page_link).toContain("page=201");
});

test("the meta of webhooks has no link keys", async () => {
  const { get } = await open();
  expect((await get("/v1/webhooks?per_page=2")).body.meta).toEqual({
    count: 2,
    total: 3,
    current_page: 1,
    per_page: 2,
  });
});

test("a webhook has both ids and its secret", async () => {
  const { rows } = await open();
  const [webhook] = await rows("/v1/webhooks?per_page=1", "webhooks");
  expect(webhook?.webhook_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(webhook?.token).toMatch(/^[0-9a-f]{32}$/);
  expect(webhook?.direct_link).toBe(`https://api.aircall.io/v1/webhooks/${webhook?.webhook_id}`);
});

test("order=desc reverses a list, except that of tags", async () => {
  const { rows } = await open();
  const descending = async (path: string, key: string) =>
    ids(await rows(`${path}?per_page=50&order=desc`, key));
  const teams = ids(await rows("/v1/teams", "teams"));
  const tags = ids(await rows("/v1/tags", "tags"));
  expect(await descending("/v1/teams", "teams")).toEqual(teams.toReversed());
  expect(await descending("/v1/tags", "tags")).toEqual(tags);
});

test("contacts: both bounds are inclusive and refer to creation, also in order of updates", async () => {
  const { emulator, clock, rows } = await open({ account: QUIET });
  const { contacts } = emulator.account;
  const added = [0, 1, 2].map(() => {
    clock.advance(1_000);
    return contacts.add();
  });
  clock.advance(DAY_MS);
  contacts.edit(added[0] ?? 0, { firstName: "Quill" });
  const bounds = `from=${NOON_SECONDS + 1}&to=${NOON_SECONDS + 2}`;
  expect(ids(await rows(`/v1/contacts?${bounds}`, "contacts"))).toEqual([added[0], added[1]]);
  const changed = await rows(`/v1/contacts?${bounds}&order_by=updated_at`, "contacts");
  expect(ids(changed)).toEqual([added[1], added[0]]);
  expect(changed[1]).toMatchObject({ first_name: "Quill", updated_at: NOON_SECONDS + 3 + DAY_MS / 1000 });
});

test("contacts are found by number in any format, and by address", async () => {
  const { emulator, rows } = await open({ account: QUIET });
  const id = emulator.account.contacts.add({
    phoneNumbers: [{ id: 1, label: "Work", value: "+44 1632 960001" }],
    emails: [{ id: 2, label: "Work", value: "quill@example.org" }],
  });
  emulator.account.contacts.add({ phoneNumbers: [], emails: [] });
  expect(ids(await rows("/v1/contacts/search?phone_number=%2B441632960001", "contacts"))).toEqual([id]);
  expect(ids(await rows("/v1/contacts/search?email=quill@example.org", "contacts"))).toEqual([id]);
});

test("a user is found by id or by address", async () => {
  const { rows, get } = await open();
  const [user] = await rows("/v2/users?per_page=1", "users");
  expect((await get(`/v2/users/${user?.id}`)).body.user).toEqual(user);
  expect((await get(`/v2/users/${user?.email}`)).body.user).toEqual(user);
});

test("the directory can be changed, and the counts of the company follow", async () => {
  const { emulator, get, rows } = await open({ account: QUIET });
  const { account } = emulator;
  const [first = 0] = ids(await rows("/v2/users", "users"));
  account.users.remove(first);
  const added = account.users.add({ name: "Amber Testwell" });
  account.users.edit(added, { extension: "777" });
  account.renameCompany("Sample & Daughters");
  const users = await rows("/v2/users", "users");
  expect(ids(users)).not.toContain(first);
  expect(users.at(-1)).toMatchObject({
    id: added,
    name: "Amber Testwell",
    extension: "777",
    created_at: new Date(NOON_SECONDS * 1000).toISOString(),
  });
  expect((await get("/v1/company")).body).toEqual({
    company: { name: "Sample & Daughters", users_count: 3, numbers_count: 2 },
  });
});

test("users are offline at weekends", async () => {
  const { rows, clock } = await open();
  const present = async () => {
    const users = await rows("/v1/users/availabilities?per_page=50", "users");
    return users.filter((user) => user.availability !== "offline").length;
  };
  expect(await present()).toBeGreaterThan(0);
  clock.set(Date.UTC(2026, 8, 19, 12));
  expect(await present()).toBe(0);
});
