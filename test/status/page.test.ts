import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files.ts";
import { type StatusWorld, startStatusWorld } from "../support/status-world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const UP_TO_DATE = "Up to date";

/** The values of the metrics, by name and labels. */
async function metricsOf({ url }: StatusWorld): Promise<Map<string, number>> {
  const response = await fetch(`${url}metrics`);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const metrics = new Map<string, number>();
  for (const line of (await response.text()).split("\n")) {
    if (line === "" || /^# (HELP|TYPE) source_aircall_\w+ \S/.test(line)) continue;
    const [, name, value] = /^(source_aircall_\w+(?:\{stream="\w+"\})?) (\d[\d.e+]*)$/.exec(line) ?? [];
    expect(name, line).toBeDefined();
    metrics.set(String(name), Number(value));
  }
  return metrics;
}

/** The cells of a stream's row, by their labels. */
function rowOf(page: string, stream: string): Record<string, string> {
  const [row = ""] = page.match(new RegExp(`<th[^>]*>${stream}</th>.*?</tr>`, "s")) ?? [];
  const cells = [...row.matchAll(/data-label="([^"]+)"[^>]*>(.*?)<\/td>/gs)];
  return Object.fromEntries(cells.map(([, label, html = ""]) => [label, html.replace(/<[^>]+>/g, "")]));
}

describe("the status page", () => {
  test("shows an empty account as one that is up to date and has no calls", async () => {
    await using world = await startStatusWorld({ args: ["--streams", "calls,users"] });
    const page = await world.shows(/calls<\/th>\n[^\n]*Up to date.*users<\/th>\n[^\n]*\n[^\n]*>2</s);
    expect(rowOf(page, "calls")).toMatchObject({ State: UP_TO_DATE, Rows: "0", "Newest row": "–" });
    expect(rowOf(page, "users")).toMatchObject({
      Rows: "2",
      "Newest row": expect.stringMatching(/days ago$/),
    });
    expect(page).toContain("All streams are well");
    expect(page).toContain('aria-label="Calls a day, last 30 days, UTC: none"');
    expect(page).not.toContain("What to look at");
    expect(page).not.toContain("Events taken");
  });

  test("shows calls by day and hour, the newest, and when the next look is", async () => {
    await using world = await startStatusWorld({
      args: ["--streams", "calls"],
      before: ({ account }) => {
        const today = Date.UTC(2026, 5, 15) / 1000;
        for (const hours of [11, 10.5, 10.25, -3, -24 * 29, -24 * 29 - 1])
          account.calls.add(1, { startedAtSeconds: today + hours * 3_600 });
      },
    });
    const page = await world.shows(/data-label="Rows" class="amount">6</);
    expect(rowOf(page, "calls")).toMatchObject({
      State: UP_TO_DATE,
      "Newest row": expect.stringMatching(/^6\d minutes ago$/),
      "Last look": expect.stringMatching(/^(now|\d+ seconds? ago)$/),
      "Next look": expect.stringMatching(/^in \d+ (seconds|minutes?)$/),
    });
    // The sixth call is of the day before the thirty that are shown.
    expect(page).toContain("last 30 days, UTC: 5 altogether, most on Mon 15 Jun with 3");
    expect(page).toContain("<title>Sun 14 Jun: 1</title>");
    expect(page).toContain("<title>Sun 17 May: 1</title>");
    expect(page).toContain("last 48 hours, UTC: 4 altogether, most on Mon 15 Jun 10:00 with 2");
    expect(page).toContain("<title>Mon 15 Jun 11:00: 1</title>");
    expect((await metricsOf(world)).get('source_aircall_newest_row_timestamp_seconds{stream="calls"}')).toBe(
      Date.UTC(2026, 5, 15, 11) / 1000,
    );
  });

  test("shows a backfill with its rate and the time left, and the share of the quota", async () => {
    using folder = temporaryFolder();
    const config = folder.write("config.json", { advanced: { requests_per_minute: 6 } });
    await using world = await startStatusWorld({
      emulator: { account: { calls: 900, days: 60, contacts: 0, webhooks: 0 } },
      args: ["--streams", "calls", "--config", config],
      env: { AIRCALL_RATE_WINDOW_MS: "60000" },
    });
    const page = await world.shows(/a minute, (about|under) \d+ min left/);
    expect(page).toMatch(/<title>1 backfill under way/);
    expect(page).toMatch(/<progress id="backfill-calls" max="100" value="\d+">/);
    expect(rowOf(page, "calls").State).toMatch(/^Backfill, \d+ %$/);
    const [, sent = ""] = /<dd>(\d+) <small>of 6<\/small>/.exec(page) ?? [];
    expect(page).toContain(`<meter min="0" max="6" value="${sent}"`);
    const metrics = await metricsOf(world);
    expect(metrics.get("source_aircall_quota_allowed_requests")).toBe(6);
    expect(metrics.get('source_aircall_backfill_rows_left{stream="calls"}')).toBeGreaterThan(100);
    expect(metrics.get('source_aircall_backfill_seconds_left{stream="calls"}')).toBeGreaterThan(0);
  });

  test("shows a failed stream with what to do, whose failure of an hour makes the capture unhealthy", async () => {
    await using world = await startStatusWorld({
      args: ["--streams", "tags,users"],
      before: ({ faults }) =>
        faults.add({
          match: "/v1/tags",
          kind: "status",
          status: 403,
          body: { message: "Forbidden" },
          every: 1,
        }),
    });
    const health = async () => {
      const response = await fetch(`${world.url}healthz`);
      return { status: response.status, body: await response.json() };
    };
    const page = await world.shows(/1 stream failed/);
    expect(rowOf(page, "tags")).toMatchObject({
      State: "Failed",
      "Next look": expect.stringMatching(/^in \d+ minutes$/),
    });
    expect(rowOf(page, "users").State).toBe(UP_TO_DATE);
    expect(page).toMatch(/refuses \/v1\/tags \(HTTP 403, &quot;Forbidden&quot;\)\. Ask Aircall whether/);
    expect(page).toContain("This needs somebody to act.");
    expect(await health()).toEqual({ status: 200, body: { status: "ok" } });
    expect((await metricsOf(world)).get('source_aircall_failing{stream="tags"}')).toBe(1);
    await world.pass(59 * MINUTE_MS);
    expect((await health()).status).toBe(200);
    await world.pass(2 * MINUTE_MS);
    expect(await health()).toEqual({
      status: 503,
      body: {
        status: "failed",
        streams: [
          {
            stream: "tags",
            since: expect.stringMatching(/^2026-06-15T12:00:/),
            error: expect.stringContaining("403"),
          },
        ],
      },
    });
    world.emulator.faults.clear();
    await world.pass(HOUR_MS);
    await world.shows(/All streams are well/);
    expect((await health()).status).toBe(200);
    expect((await metricsOf(world)).get('source_aircall_failing{stream="tags"}')).toBe(0);
  });

  test("runs nothing that Aircall or the name of the file says", async () => {
    using folder = temporaryFolder();
    const evil = "<script>alert(1)<\u2215script><img src=x onerror='alert(2)'>";
    await using world = await startStatusWorld({
      args: ["--streams", "tags"],
      path: folder.file(`${evil}.duckdb`),
      before: ({ faults }) =>
        faults.add({
          match: "/v1/tags",
          kind: "status",
          status: 403,
          body: { message: `${evil}"&` },
          every: 1,
        }),
    });
    const page = await world.shows(/1 stream failed/);
    expect(page.match(/&lt;script&gt;alert\(1\)/g)).toHaveLength(2);
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="script.js" defer>']);
    expect(page).not.toMatch(/<img|<[^>]* on\w+=|style=/);
    expect(page).toContain("&quot;&amp;");
  });

  test("has no charts where calls are not captured, and its address is in the output of --json too", async () => {
    await using world = await startStatusWorld({ args: ["--streams", "tags", "--json"] });
    const page = await world.shows(/Up to date/);
    expect(page).not.toContain("<svg");
  });

  test("shows that events come and how many, and nothing of what is in them", async () => {
    await using world = await startStatusWorld({ args: ["--streams", "tags,messages"], withEvents: true });
    await world.shows(/Waiting for the first event/);
    world.emulator.account.messages.receive({ body: "Is my order on its way?" });
    await world.deliver();
    const page = await world.shows(/<dt>Events taken<\/dt><dd>1<\/dd>.*messages<\/th>\n[^\n]*\n[^\n]*>1</s);
    expect(page).toContain("Events are received.");
    expect(rowOf(page, "messages")).toMatchObject({ State: "Waits for events", Rows: "1" });
    expect((await metricsOf(world)).get("source_aircall_events_total")).toBe(1);
    for (const path of ["", "healthz", "metrics"]) {
      const text = await world.text(path);
      for (const secret of ["order", "emulator-token", "emulator-id"]) expect(text).not.toContain(secret);
    }
  });
});
