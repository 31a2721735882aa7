import { expect, test } from "vitest";
import { movableClock } from "../clock.ts";
import { type EmulatorOptions, resolveOptions } from "../options.ts";
import { DAY_MS, MINUTE_MS, NOON_MS, NOON_SECONDS } from "../testing.ts";
import { Account } from "./account.ts";
import { type CallLife, reportedStart } from "./call-life.ts";
import type { CallOrder } from "./call-order.ts";
import { isAlive, updatedAt } from "./contact-life.ts";
import { dayOf, SECONDS_PER_DAY, SECONDS_PER_HOUR } from "./time.ts";
import { localTime } from "./zones.ts";

/** Enough for shares to be what they are meant to be. */
const SIZES = { calls: 3_000, contacts: 400 };

function accountAt(nowMs: number, options: Partial<EmulatorOptions> = {}) {
  const clock = movableClock(nowMs);
  const account = { ...SIZES, ...options.account };
  return { clock, account: new Account(resolveOptions({ ...options, account, clock })) };
}

function livesOf({ calls }: Account): CallLife[] {
  return idsOf(calls.order).map((id) => calls.life(id));
}

function idsOf(order: CallOrder): number[] {
  return Array.from({ length: order.length }, (_, position) => order.idAt(position));
}

test("the same account a day later has the same past", () => {
  const today = livesOf(accountAt(NOON_MS).account);
  const tomorrow = livesOf(accountAt(NOON_MS + DAY_MS).account);
  const shared = today.filter((life) => life.startedAt > NOON_SECONDS - 59 * SECONDS_PER_DAY);
  expect(shared.length).toBeGreaterThan(2_000);
  expect(tomorrow.slice(0, shared.length)).toEqual(shared);
});

test("an account whose clock has moved equals an account started at that time", () => {
  const { clock, account } = accountAt(NOON_MS);
  livesOf(account);
  clock.advance(3 * DAY_MS + 7 * MINUTE_MS);
  expect(livesOf(account)).toEqual(livesOf(accountAt(clock.now()).account));
});

test("another seed produces another account of about the same size", () => {
  const first = livesOf(accountAt(NOON_MS).account);
  const second = livesOf(accountAt(NOON_MS, { seed: "other" }).account);
  expect(first[0]?.id === second[0]?.id && first[0]?.rawDigits === second[0]?.rawDigits).toBe(false);
  for (const { length } of [first, second]) expect(Math.abs(length - 3_000)).toBeLessThan(300);
});

test("ids are 64-bit, unique, and ascend with time", () => {
  const all = idsOf(accountAt(NOON_MS - MINUTE_MS * 200).account.calls.order);
  expect(all[0]).toBeGreaterThan(2 ** 31);
  expect(new Set(all).size).toBe(all.length);
  expect(all.every(Number.isSafeInteger)).toBe(true);
});

test("nothing from the future is served, and calls are ordered by reported start", () => {
  const { clock, account } = accountAt(NOON_MS, { account: { calls: 30_000 } });
  for (let step = 0; step < 10; step++) {
    const nowSeconds = account.nowSeconds;
    const starts = livesOf(account)
      .slice(-1_000)
      .map((life) => reportedStart(life, nowSeconds));
    expect(starts.every((start, index) => index === 0 || start >= (starts[index - 1] ?? 0))).toBe(true);
    expect(starts.at(-1)).toBeLessThanOrEqual(nowSeconds);
    const { order } = account.calls;
    const last = order.slice(order.length - 1_000, order.length);
    expect(starts.map((_, position) => last.startAt(position))).toEqual(starts);
    clock.advance(61_000);
  }
});

test("calls that a test added or changed are in order among the others, and removed ones are absent", () => {
  const { clock, account } = accountAt(NOON_MS);
  const { calls } = account;
  const seeded = new Set(
    [calls, accountAt(NOON_MS + DAY_MS).account.calls].flatMap(({ order }) => idsOf(order)),
  );
  const made: number[] = [];
  for (let step = 0; step < 60; step++) {
    const listed = idsOf(calls.order);
    const [first, second] = [listed.length - 1 - step, (step * 977) % listed.length];
    const agoSeconds = [0, 40, 5_000, 90_000, 4_000_000][step % 5] ?? 0;
    made.push(calls.ring({ startedAtSeconds: account.nowSeconds - agoSeconds }));
    calls.settle(listed[first] ?? 0);
    calls.remove(listed[second] ?? 0);
    clock.advance(11 * MINUTE_MS);
    const served = [...seeded, ...made].flatMap((id) => calls.find(id) ?? []);
    const reportedStarts = new Map(served.map((life) => [life.id, reportedStart(life, account.nowSeconds)]));
    const inOrder = [...reportedStarts].sort(
      ([leftId, left], [rightId, right]) => left - right || leftId - rightId,
    );
    const { order } = calls;
    expect(idsOf(order).map((id, position) => [id, order.startAt(position)])).toEqual(inOrder);
  }
});

test("the start of some calls moves by a second within twenty minutes of their end", () => {
  const lives = livesOf(accountAt(NOON_MS).account);
  const drifting = lives.filter((life) => life.driftSeconds === 1);
  expect(drifting.length).toBeGreaterThan(lives.length * 0.2);
  expect(lives.every((life) => life.settledAt > life.endedAt && life.settledAt <= life.endedAt + 1_200)).toBe(
    true,
  );
});

test("calls follow local office hours, and are few at weekends", () => {
  const { account } = accountAt(NOON_MS, { account: { calls: 20_000 } });
  const local = livesOf(account).map((life) => {
    const line = account.numbers.find(life.numberId ?? 0);
    return localTime(line?.timeZone ?? "", life.startedAt);
  });
  const during = (from: number, to: number) => local.filter(({ hour }) => hour >= from && hour < to).length;
  expect(during(8, 19)).toBeGreaterThan(local.length * 0.8);
  expect(during(9.5, 10.5)).toBeGreaterThan(during(12, 13));
  expect(during(14.5, 15.5)).toBeGreaterThan(during(12, 13));
  const onWeekend = local.filter(({ isWeekend }) => isWeekend).length;
  expect(onWeekend).toBeLessThan(local.length * 0.15);
});

test("inbound share, talk time, late recordings and late tags are realistic", () => {
  const lives = livesOf(accountAt(NOON_MS, { account: { calls: 20_000 } }).account);
  const share = (count: number, of: number) => count / of;
  expect(share(lives.filter((life) => life.direction === "inbound").length, lives.length)).toBeCloseTo(
    0.6,
    1,
  );
  const talks = lives.flatMap((life) => (life.answeredAt < Infinity ? [life.endedAt - life.answeredAt] : []));
  const median = talks.sort((left, right) => left - right)[Math.floor(talks.length / 2)] ?? 0;
  expect(Math.abs(median - 180)).toBeLessThan(20);
  const recorded = lives.filter((life) => life.asset !== null);
  const late = recorded.filter((life) => life.assetAt > life.endedAt + 30);
  expect(share(late.length, recorded.length)).toBeCloseTo(0.05, 1);
  const lateHours = late.map((life) => (life.assetAt - life.endedAt) / SECONDS_PER_HOUR);
  expect(Math.min(...lateHours)).toBeGreaterThanOrEqual(1 / 60);
  expect(Math.max(...lateHours)).toBeLessThanOrEqual(20);
  // The median of a log-uniform distribution from a minute to 20 hours is about 35 minutes.
  expect(share(lateHours.filter((hours) => hours < 35 / 60).length, late.length)).toBeCloseTo(0.5, 1);
  const tags = lives.flatMap((life) => life.tags.map((tag) => tag.atSeconds - life.endedAt));
  expect(share(tags.filter((delay) => delay >= SECONDS_PER_DAY).length, tags.length)).toBeCloseTo(0.1, 1);
});

test("contacts have about the configured number, and some are edited and deleted over time", () => {
  const { clock, account } = accountAt(NOON_MS);
  const before = account.contacts.listed("created_at");
  expect(Math.abs(before.length - 400)).toBeLessThan(80);
  clock.advance(30 * DAY_MS);
  const after = new Set(account.contacts.listed("created_at").map(({ id }) => id));
  expect(before.some(({ id }) => !after.has(id))).toBe(true);
  const edited = account.contacts
    .listed("created_at")
    .filter(({ editedAt }) =>
      editedAt.some((atSeconds) => atSeconds > NOON_SECONDS && atSeconds <= account.nowSeconds),
    );
  expect(edited.length).toBeGreaterThan(0);
});

test("editing a contact does not change its earlier calls", () => {
  const { account } = accountAt(NOON_MS);
  const life = livesOf(account).find(({ contactId }) => contactId !== null);
  account.contacts.edit(life?.contactId ?? 0, { phoneNumbers: [] });
  expect(account.calls.life(life?.id ?? 0).rawDigits).toBe(life?.rawDigits);
});

test("an account can have a million calls", () => {
  const { account } = accountAt(NOON_MS, { account: { calls: 1_000_000 } });
  const { order } = account.calls;
  expect(Math.abs(order.length - 1_000_000)).toBeLessThan(50_000);
  const middle = order.idAt(order.length >>> 1);
  expect(account.calls.find(middle)?.id).toBe(middle);
  expect(dayOf(order.startAt(order.length - 1))).toBe(dayOf(NOON_SECONDS));
});

test("no call starts after the configured last call", () => {
  const lastCallSeconds = NOON_SECONDS - 7_200;
  const { clock, account } = accountAt(NOON_MS, { lastCallSeconds });
  const whole = livesOf(accountAt(NOON_MS).account);
  expect(livesOf(account)).toEqual(whole.filter((life) => life.startedAt <= lastCallSeconds));
  clock.advance(2 * DAY_MS);
  expect(livesOf(account).every((life) => life.startedAt <= lastCallSeconds)).toBe(true);
});

test("both orders of contacts follow the clock and the changes of a test at once", () => {
  const { clock, account } = accountAt(NOON_MS, { account: { contacts: 3_000 } });
  for (let step = 0; step < 20; step++) {
    const [oldest] = account.contacts.listed("updated_at");
    clock.advance(97 * MINUTE_MS);
    account.contacts.edit(oldest?.id ?? 0, { firstName: "Quill" });
    const added = account.contacts.add();
    const byUpdate = account.contacts.listed("updated_at");
    expect(
      byUpdate
        .slice(-2)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([oldest?.id ?? 0, added].sort());
    for (const order of ["created_at", "updated_at"] as const) {
      const listed = account.contacts.listed(order);
      const instants = listed.map((contact) =>
        order === "created_at" ? contact.createdAt : updatedAt(contact, account.nowSeconds),
      );
      expect(instants).toEqual(instants.toSorted((left, right) => left - right));
      expect(listed.every((contact) => isAlive(contact, account.nowSeconds))).toBe(true);
    }
  }
});

test("even traffic has as many calls in each hour of the week", () => {
  const size = { calls: 60_000, days: 10 };
  const { account } = accountAt(NOON_MS, { traffic: "even", account: size });
  const nowSeconds = NOON_MS / 1_000;
  for (let hour = 1; hour <= 7 * 24; hour++) {
    const after = nowSeconds - hour * SECONDS_PER_HOUR;
    const calls = [...account.calls.untouchedWithin(after, after + SECONDS_PER_HOUR)];
    expect(Math.abs(calls.length - 250), `${hour} hours ago`).toBeLessThan(100);
  }
});
