import { setImmediate as settle } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Emulator, Fault } from "../../emulator/index.ts";
import { collect } from "../../test/core/collect.ts";
import { TestClock } from "../../test/support/clock.ts";
import { CONFIG, startWorld, testPorts } from "../../test/support/world.ts";
import {
  AccessRefused,
  ConnectorError,
  CredentialsRefused,
  ListTooLong,
  SourceUnavailable,
  UnexpectedAnswer,
} from "../errors.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import type { LogFields, Ports } from "../shared/ports.ts";
import { RequestBudget } from "./budget.ts";
import { AircallReader, type RequestEvent } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import { RETRY_POLICY } from "./retry.ts";

const TAGS: Endpoint = { path: "/v1/tags", bodyKey: "tags", holds: "list" };
const CALLS: Endpoint = { path: "/v1/calls", bodyKey: "calls", holds: "list" };
const WEBHOOKS: Endpoint = { path: "/v1/webhooks", bodyKey: "webhooks", holds: "list" };
const COMPANY: Endpoint = { path: "/v1/company", bodyKey: "company", holds: "one" };
const ATTEMPTS = RETRY_POLICY.maxAttempts;

const nobody = new AbortController().signal;

function worldOf(account: NonNullable<Parameters<typeof startWorld>[0]>["account"]) {
  return startWorld(
    { account: { calls: 0, contacts: 0, ...account } },
    new TestClock(undefined, { leaps: true }),
  );
}

const pagesOf = (reader: AircallReader, endpoint: Endpoint) => collect(reader.pages(endpoint));

const idsOf = (pages: readonly { rows: readonly Json[] }[]) =>
  pages.flatMap(({ rows }) => rows.map((row) => (row as JsonObject).id));

const requested = (emulator: Emulator, path: string) =>
  emulator.requests.recent.filter(({ target }) => target.startsWith(path));

/** An answer made up for one page. */
function answer(page: number, body: unknown): Fault {
  return { kind: "status", status: 200, match: new RegExp(`[?&]page=${page}&`), body };
}

describe("pages", () => {
  test("come in order, 50 rows at a time, and end with the list", async () => {
    await using world = await worldOf({ tags: 120 });
    const pages = await pagesOf(world.reader(), TAGS);
    expect(idsOf(pages)).toEqual(world.emulator.account.tags.listed.map(({ id }) => id));
    expect(pages.map(({ number, total, last, deepest }) => [number, total, last, deepest])).toEqual([
      [1, 120, false, false],
      [2, 120, false, false],
      [3, 120, true, false],
    ]);
    expect(requested(world.emulator, "/v1/tags").map(({ target }) => target)).toEqual(
      [1, 2, 3].map((page) => `/v1/tags?page=${page}&per_page=50`),
    );
  });

  test("of an empty list are one page without rows", async () => {
    await using world = await worldOf({ tags: 0, webhooks: 0 });
    for (const endpoint of [TAGS, WEBHOOKS]) {
      expect(await pagesOf(world.reader(), endpoint)).toMatchObject([{ rows: [], total: 0, last: true }]);
    }
  });

  test.each([
    [50, 1],
    [51, 2],
    [100, 2],
  ])("of %i webhooks, which have no links, are %i", async (webhooks, count) => {
    await using world = await worldOf({ webhooks });
    const pages = await pagesOf(world.reader(), WEBHOOKS);
    expect(idsOf(pages)).toHaveLength(webhooks);
    expect(requested(world.emulator, "/v1/webhooks")).toHaveLength(count);
  });

  test("without links and without a count end with the first short page", async () => {
    await using world = await worldOf({});
    const rows = (first: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ id: first + index }));
    world.emulator.faults.add(answer(1, { tags: rows(0, 50) }));
    world.emulator.faults.add(answer(2, { meta: {}, tags: rows(50, 3) }));
    expect(idsOf(await pagesOf(world.reader(), TAGS))).toHaveLength(53);
  });

  test("go on after an empty page with a link to the next", async () => {
    await using world = await worldOf({ tags: 60 });
    world.emulator.faults.add(
      answer(1, { meta: { next_page_link: "https://elsewhere.test/?page=7" }, tags: [] }),
    );
    const pages = await pagesOf(world.reader(), TAGS);
    expect(pages.map(({ rows }) => rows.length)).toEqual([0, 10]);
  });

  test("are asked for with the query's own parameters each time, one page at a time", async () => {
    await using world = await startWorld({ account: { calls: 3_000, days: 60 } });
    const to = Math.floor(world.clock.now() / 1000);
    const pages = world.reader().pages(CALLS, { from: to - 10 * 86_400, to, order: "desc" });
    await pages.next();
    await settle();
    expect(world.emulator.requests.total).toBe(1);
    await pages.next();
    await pages.return();
    expect(world.emulator.requests.recent.map(({ target }) => target)).toEqual(
      [1, 2].map((page) => `/v1/calls?from=${to - 864_000}&to=${to}&order=desc&page=${page}&per_page=50`),
    );
  });

  test("reach 10,000 rows, and not the page that Aircall refuses", async () => {
    await using world = await worldOf({});
    world.emulator.account.calls.add(10_001, { startedAtSeconds: world.clock.now() / 1000 - 100 });
    let rows = 0;
    let deepest = 0;
    const reading = async () => {
      for await (const page of world.reader().pages(CALLS)) {
        rows += page.rows.length;
        deepest += page.deepest ? page.number : 0;
      }
    };
    await expect(reading()).rejects.toThrow(ListTooLong);
    expect([rows, deepest]).toEqual([10_000, 200]);
    expect(world.emulator.requests.total).toBe(200);
  });

  test("of exactly 10,000 rows are a list read whole", async () => {
    await using world = await worldOf({});
    world.emulator.account.calls.add(10_000, { startedAtSeconds: world.clock.now() / 1000 - 100 });
    let rows = 0;
    for await (const page of world.reader().pages(CALLS)) rows += page.rows.length;
    expect(rows).toBe(10_000);
  });

  test("that repeat are an unexpected answer", async () => {
    await using world = await worldOf({});
    const body = { meta: { next_page_link: "more" }, tags: [{ id: 1 }, { id: 2 }] };
    for (const page of [1, 2]) world.emulator.faults.add(answer(page, body));
    const pages = world.reader().pages(TAGS);
    await pages.next();
    await expect(pages.next()).rejects.toThrow(UnexpectedAnswer);
    expect(world.emulator.requests.total).toBe(2);
  });

  test("with something else than a list are an unexpected answer", async () => {
    await using world = await worldOf({});
    world.emulator.faults.add(answer(1, { tags: { id: 1 } }));
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(UnexpectedAnswer);
  });

  test("of a single object are one page that holds it", async () => {
    await using world = await worldOf({ users: 7 });
    expect(await pagesOf(world.reader(), COMPANY)).toMatchObject([
      { rows: [{ users_count: 7 }], last: true, deepest: false },
    ]);
    expect(world.emulator.requests.recent.map(({ target }) => target)).toEqual(["/v1/company"]);
  });
});

describe("a passing fault", () => {
  const faults: Fault[] = [
    { kind: "reset" },
    { kind: "cut" },
    { kind: "html" },
    { kind: "missingKey" },
    { kind: "status", status: 408 },
    { kind: "status", status: 500 },
    { kind: "status", status: 502, body: "<html>" },
    { kind: "status", status: 504 },
  ];
  const named = faults.map(
    (fault) => [fault.kind === "status" ? `HTTP ${fault.status}` : fault.kind, fault] as const,
  );

  test.each(named)("%s is asked again", async (_, fault) => {
    await using world = await worldOf({ tags: 60 });
    world.emulator.faults.add({ ...fault, match: /page=2/, times: ATTEMPTS - 1 });
    expect(idsOf(await pagesOf(world.reader(), TAGS))).toHaveLength(60);
    expect(world.emulator.requests.total).toBe(2 + ATTEMPTS - 1);
    expect(world.clock.sleptMs).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });

  test.each(named)("%s that does not pass is given up after so many attempts", async (_, fault) => {
    await using world = await worldOf({ tags: 60 });
    world.emulator.faults.add({ ...fault, match: "/v1/tags", every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(SourceUnavailable);
    expect(world.emulator.requests.total).toBe(ATTEMPTS);
  });

  test("states its wait, and the wait is kept to the letter", async () => {
    await using world = await worldOf({ tags: 1 });
    world.emulator.faults.add({ kind: "status", status: 503, headers: { "retry-after": "37" } });
    await pagesOf(world.reader(), TAGS);
    expect(world.clock.sleptMs).toEqual([37_000]);
  });
});

test("a server that is gone is unavailable, and the message says where and why", async () => {
  const world = await worldOf({});
  await world.emulator.close();
  const error = await pagesOf(world.reader(), TAGS).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceUnavailable);
  expect(String(error)).toContain(`${new URL(world.emulator.url).host}/v1/tags: ECONNREFUSED`);
  expect(world.clock.sleptMs).toHaveLength(ATTEMPTS - 1);
});

test("a name that does not resolve is unavailable, and the message says why", async () => {
  const ports: Ports = {
    ...testPorts(new TestClock(undefined, { leaps: true })),
    fetch: () => {
      const cause = Object.assign(new Error("getaddrinfo ENOTFOUND api.aircall.io"), { code: "ENOTFOUND" });
      return Promise.reject(new TypeError("fetch failed", { cause }));
    },
  };
  const error = await readerWith(ports, "https://api.aircall.io")
    .ping()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceUnavailable);
  expect(String(error)).toContain("ENOTFOUND");
});

describe("a request too many", () => {
  test.each([
    ["the wait that the answer states", { "retry-after": "12" }, 12_000],
    [
      "the reset that the answer names",
      { "x-aircallapi-reset": String(new TestClock().now() / 1000 + 42) },
      42_000,
    ],
    ["the length of the block", {}, 60_000],
  ])("is asked again after %s, and nobody asks before", async (_, headers, waitMs) => {
    await using world = await startWorld({ account: { tags: 1, calls: 0 } });
    world.emulator.faults.add({ kind: "status", status: 429, headers });
    const { clock } = world;
    const startMs = clock.now();
    const askedMs: number[] = [];
    const ports: Ports = {
      ...world.ports,
      fetch: (input, init) => {
        askedMs.push(clock.now() - startMs);
        return fetch(input, init);
      },
    };
    const budget = new RequestBudget({ requests: 100, windowMs: 60_000, clock });
    const refused = pagesOf(readerWith(ports, world.emulator.url, { budget }), TAGS);
    await waitFor(() => clock.sleptMs.length > 0);
    const other = readerWith(ports, world.emulator.url, { budget }).ping();
    await settle();
    clock.advance(waitMs - 1);
    await settle();
    clock.advance(1);
    expect(await refused).toHaveLength(1);
    await other;
    expect(askedMs).toEqual([0, waitMs, waitMs]);
  });

  test("ends the reading when it happens with every attempt", async () => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status: 429, every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(SourceUnavailable);
    expect(world.clock.sleptMs).toEqual(Array.from({ length: ATTEMPTS - 1 }, () => 60_000));
  });

  test("never happens to a reader within its budget", async () => {
    for (const windowShape of ["fixed", "sliding"] as const) {
      const clock = new TestClock(undefined, { leaps: true });
      await using world = await startWorld(
        { limit: 5, windowShape, account: { tags: 600, calls: 0 } },
        clock,
      );
      const budget = new RequestBudget({ requests: 5, windowMs: 60_000, clock });
      await pagesOf(readerWith(world.ports, world.emulator.url, { budget }), TAGS);
      expect([world.emulator.requests.total, world.emulator.requests.refused]).toEqual([12, 0]);
      expect(clock.sleptMs).toEqual([60_000, 60_000]);
    }
  });
});

describe("a refusal", () => {
  test.each([401, 403])("with %i on one path is that path's, while the key is good", async (status) => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status, match: "/v1/tags", every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(AccessRefused);
    expect(world.emulator.requests.total).toBe(2);
  });

  test.each([401, 403])("with %i of everything is the key's", async (status) => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status, every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(CredentialsRefused);
    await expect(world.reader().ping()).rejects.toThrow(CredentialsRefused);
  });

  test.each([
    ["ID", { apiId: "another", apiToken: CONFIG.api_token }],
    ["token", { apiId: CONFIG.api_id, apiToken: "another" }],
  ])("of a wrong %s is the key's", async (_, credentials) => {
    await using world = await worldOf({});
    const reader = readerWith(world.ports, world.emulator.url, { credentials });
    await expect(pagesOf(reader, TAGS)).rejects.toThrow(CredentialsRefused);
  });

  test("whose reason cannot be found out is no verdict on the key", async () => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status: 403, match: "/v1/tags" });
    world.emulator.faults.add({ kind: "status", status: 500, match: "/v1/ping", every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(SourceUnavailable);
  });

  test.each([
    [{ errors: "pagination is out of bound", message: "BAD_REQUEST" }, "pagination is out of bound"],
    [{ errors: { tag: ["bad"] }, message: "BAD_REQUEST" }, "BAD_REQUEST"],
    ["no object", "HTTP 400."],
  ])("is told in the words of the answer %j", async (body, words) => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status: 400, body });
    const error = await pagesOf(world.reader(), TAGS).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnexpectedAnswer);
    expect(String(error)).toContain(words);
    expect(world.emulator.requests.total).toBe(1);
  });
});

test("a redirect is not followed, wherever it leads", async () => {
  await using world = await worldOf({});
  const headers = { location: `${world.emulator.url}/v1/ping` };
  world.emulator.faults.add({ kind: "status", status: 302, headers, match: "/v1/tags", every: 1 });
  await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(SourceUnavailable);
  expect(requested(world.emulator, "/v1/ping")).toEqual([]);
});

describe("an abort", () => {
  test("ends a request that hangs, with the abort's own reason", async () => {
    await using world = await worldOf({});
    const hang = world.emulator.faults.add({ kind: "hang" });
    const stop = new AbortController();
    const reading = pagesOf(world.reader(stop.signal), TAGS);
    await waitFor(() => hang.struck === 1);
    stop.abort(new Error("stop"));
    await expect(reading).rejects.toThrow("stop");
    expect(world.emulator.requests.total).toBe(0);
  });

  test("ends the wait before another attempt", async () => {
    await using world = await startWorld();
    world.emulator.faults.add({ kind: "status", status: 500 });
    const stop = new AbortController();
    const reading = pagesOf(world.reader(stop.signal), TAGS);
    await waitFor(() => world.clock.sleptMs.length > 0);
    stop.abort(new Error("stop"));
    await expect(reading).rejects.toThrow("stop");
  });

  test("before the first request lets none be sent", async () => {
    await using world = await worldOf({});
    await expect(pagesOf(world.reader(AbortSignal.abort(new Error("stop"))), TAGS)).rejects.toThrow("stop");
    expect(world.emulator.requests.total).toBe(0);
  });
});

test("a key of any characters is sent as Basic authorization", async () => {
  const sent: (string | null)[] = [];
  await using world = await worldOf({});
  const ports: Ports = {
    ...world.ports,
    fetch: (input, init) => {
      sent.push(new Headers(init?.headers).get("authorization"));
      return fetch(input, init);
    },
  };
  const credentials = { apiId: "id", apiToken: "a:tökén" };
  await expect(readerWith(ports, world.emulator.url, { credentials }).ping()).rejects.toThrow(
    CredentialsRefused,
  );
  expect(sent).toEqual(["Basic aWQ6YTp0w7Zrw6lu"]);
});

test("no failure tells the key, neither in its error nor in the log", async () => {
  const told: string[] = [];
  const remember = (message: string, fields?: LogFields) => told.push(JSON.stringify([message, fields]));
  const log = { debug: remember, info: remember, warn: remember, error: remember };
  await using world = await worldOf({});
  const events: RequestEvent[] = [];
  const reader = readerWith({ ...world.ports, log }, world.emulator.url, { events });
  const kinds: Fault[] = [
    { kind: "status", status: 400 },
    { kind: "status", status: 403 },
    { kind: "status", status: 429 },
    { kind: "status", status: 500 },
    { kind: "reset" },
    { kind: "html" },
  ];
  for (const kind of kinds) {
    const fault = world.emulator.faults.add({ ...kind, every: 1 });
    const error = await reader.get(TAGS, {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectorError);
    told.push(`${error} ${JSON.stringify(error)} ${error instanceof Error ? error.stack : ""}`);
    fault.remove();
  }
  const text = [...told, JSON.stringify(events)].join("\n");
  expect(text).toContain("asking again");
  const { api_id, api_token } = CONFIG;
  for (const secret of [api_id, api_token, btoa(`${api_id}:${api_token}`)])
    expect(text).not.toContain(secret);
});

test("whoever listens hears of every request and of what is waited for", async () => {
  await using world = await worldOf({ tags: 1 });
  const events: RequestEvent[] = [];
  world.emulator.faults.add({ kind: "status", status: 503, headers: { "retry-after": "5" } });
  const untilMs = world.clock.now() + 5_000;
  await pagesOf(readerWith(world.ports, world.emulator.url, { events }).for("sweep", "sweep"), TAGS);
  expect(events).toEqual([
    { kind: "request", purpose: "sweep" },
    { kind: "wait", untilMs, because: expect.stringContaining("HTTP 503") },
    { kind: "request", purpose: "sweep" },
  ]);
});

test("what is looked for and not there is no failure, and what is refused is one", async () => {
  await using world = await worldOf({ contacts: 0 });
  const id = world.emulator.account.contacts.add();
  const reader = world.reader();
  const contact = (of: number) => ({ path: `/v1/contacts/${of}`, bodyKey: "contact", holds: "one" }) as const;
  expect(await reader.find(contact(id))).toMatchObject({ contact: { id } });
  expect(await reader.find(contact(1))).toBeUndefined();
  world.emulator.faults.add({ kind: "status", status: 400, match: "/v1/contacts" });
  await expect(reader.find(contact(id))).rejects.toThrow(UnexpectedAnswer);
});

function readerWith(
  ports: Ports,
  origin: string,
  {
    budget = new RequestBudget({ requests: 1_000, windowMs: 60_000, clock: ports.clock }),
    credentials = { apiId: CONFIG.api_id, apiToken: CONFIG.api_token },
    events = [],
  }: {
    budget?: RequestBudget;
    credentials?: { apiId: string; apiToken: string };
    events?: RequestEvent[];
  } = {},
): AircallReader {
  return new AircallReader({ credentials, origin, budget, ports }, nobody, (event) => events.push(event));
}

async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await settle();
}
