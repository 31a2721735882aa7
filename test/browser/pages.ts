import { listedStreamNames } from "../../src/streams/index.ts";
import { startStatusWorld } from "../support/status-world.ts";

/** The pages of captures in the states that look different. */
export interface StatusPages {
  readonly urls: Readonly<Record<"busy" | "empty" | "well", string>>;
  /** How many streams the busy one captures. */
  readonly streams: number;
  /** Lets time pass in the busy capture. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;

const STREAMS = [...listedStreamNames, "events", "messages", "transcriptions"];

const ACCOUNT = {
  calls: 2_600,
  days: 40,
  contacts: 300,
  users: 24,
  numbers: 8,
  teams: 4,
  tags: 12,
  webhooks: 1,
  messagesPerDay: 200,
};

export async function openStatusPages(): Promise<StatusPages> {
  const busy = await startStatusWorld({
    emulator: { account: ACCOUNT },
    before: ({ faults }) =>
      faults.add({
        match: "/v1/teams",
        kind: "status",
        status: 403,
        body: { message: "Forbidden" },
        every: 1,
      }),
    args: ["--streams", STREAMS.join(",")],
    withEvents: true,
    path: "aircall.duckdb",
    env: { AIRCALL_RATE_WINDOW_MS: "60000" },
  });
  await busy.shows(/data-label="Rows" class="amount">2,[^<]*<\/td>\n.*\n.*seconds? ago/);
  for (let minute = 0; minute < 3; minute++) {
    await busy.pass(60_000);
    await busy.deliver();
  }
  const well = await startStatusWorld({ emulator: { account: ACCOUNT } });
  await well.pass(HOUR_MS);
  const empty = await startStatusWorld();
  await empty.pass(60_000);
  const worlds = [busy, well, empty];
  return {
    urls: { busy: busy.url, well: well.url, empty: empty.url },
    streams: STREAMS.length,
    pass: (ms) => busy.pass(ms),
    async close() {
      for (const world of worlds) await world[Symbol.asyncDispose]();
    },
  };
}
