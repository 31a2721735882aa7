import { describe, expect, test } from "vitest";
import { parseResourceConfig, parseStreamName } from "../../src/config/index.ts";
import { streamNames } from "../../src/streams/index.ts";
import { messageOf } from "../support/config-messages.ts";

const SECRET = "s3cret-value";

describe("a resource config", () => {
  test("without a sync mode follows changes", () => {
    expect(parseResourceConfig({ stream: "calls" }).syncMode).toBe("incremental");
  });

  test.each([
    { stream: "calls", syncMode: "incremental" },
    { stream: "user_availablity", syncMode: "full_refresh", namespace: null, cursorField: null },
    { stream: "contacts", syncMode: "full_refresh", namespace: "acme", cursorField: ["updated_at"] },
    { stream: "tags", syncMode: "incremental", legacy: true },
  ])("of captures in use goes on working: %j", (config) => {
    const { stream, syncMode } = config;
    expect(parseResourceConfig(config)).toEqual({ stream, syncMode, intervalMs: undefined });
  });

  test.each([
    ["PT30S", 30],
    ["PT5M", 300],
    ["PT12H", 43_200],
    ["P1D", 86_400],
    ["P2W", 1_209_600],
    ["P1DT2H3M4S", 93_784],
    ["PT90M", 5_400],
  ])("may rest for %s", (interval, seconds) => {
    const config = { stream: "calls", syncMode: "incremental", interval };
    expect(parseResourceConfig(config).intervalMs).toBe(seconds * 1000);
  });

  test.each<[string, number | undefined]>([
    ["2026-01-31", Date.UTC(2026, 0, 31) / 1000],
    ["2026-01-31 02:00:00+02:00", Date.UTC(2026, 0, 31) / 1000],
    [" 2026-01-31T02:00:00+02:00\n", Date.UTC(2026, 0, 31) / 1000],
    ["1969-12-31", 1],
    ["", undefined],
  ])("has the start date %j read as that of an endpoint", (start_date, startSeconds) => {
    expect(parseResourceConfig({ stream: "calls", start_date }).startSeconds).toBe(startSeconds);
  });

  test.each(["", " ", "P", "PT", "PT0S", "PT0M0S", "P0D", "P0W", "P0DT0H"])(
    "that a form leaves with the interval %j rests as by default",
    (interval) => {
      const config = { stream: "calls", syncMode: "incremental", interval };
      expect(parseResourceConfig(config).intervalMs).toBeUndefined();
    },
  );

  test.each(["5", "5m", "P1M", "P1Y", "PT0X", "-PT5M", "PT1.5H", "PT5", "P1DT", "pt5m"])(
    "may not rest for %j",
    (interval) => {
      const config = { stream: "calls", syncMode: "incremental", interval };
      expect(messageOf(() => parseResourceConfig(config))).toContain("interval");
    },
  );

  test.each<[string, unknown, string]>([
    ["no stream", { syncMode: "incremental" }, "stream is missing"],
    ["another stream", { stream: SECRET }, "stream must be one of calls, company"],
    ["another mode", { stream: "calls", syncMode: "append" }, "syncMode"],
    ["an interval that is no text", { stream: "calls", syncMode: "incremental", interval: 5 }, "interval"],
    [
      "a cursor that is no list",
      { stream: "calls", syncMode: "incremental", cursorField: "id" },
      "cursorField",
    ],
  ])("with %s is refused by the name of the property", (_, config, named) => {
    const message = messageOf(() => parseResourceConfig(config));
    expect(message).toContain(named);
    expect(message).not.toContain(SECRET);
  });

  test.each(["voicemails", "Calls", "", "constructor", "__proto__"])("names no stream %j", (name) => {
    const message = messageOf(() => parseStreamName(name));
    for (const stream of streamNames) expect(message).toContain(stream);
  });
});
