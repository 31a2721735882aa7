import { expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { TestClock } from "../support/clock.ts";
import { temporaryFolder } from "../support/files.ts";
import { callProcesses } from "./call-processes.ts";

const DAY_SECONDS = 86_400;
const NIGHTS = 4;
const CALLS = 148;
const QUIET = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 1, webhooks: 0 };

test.each(Object.entries(callProcesses))(
  "with %s, a run each night captures no call again in which nothing has changed",
  async (_, processes) => {
    using folder = temporaryFolder();
    const clock = new TestClock();
    const aircall = await startEmulator({ clock: clock.truth, limit: null, account: QUIET });
    try {
      const now = Math.floor(clock.now() / 1000);
      // Every re-read age comes to some of them in the nights that follow.
      for (let call = 1; call <= CALLS; call++)
        aircall.account.calls.add(1, {
          startedAtSeconds: now - Math.floor((call / CALLS) * 31 * DAY_SECONDS),
        });
      const captureCalls = processes({ aircall, folder, clock });
      const captured: number[] = [];
      for (let night = 0; night <= NIGHTS; night++) {
        captured.push(await captureCalls("2026-01-01T00:00:00Z"));
        clock.advance(DAY_SECONDS * 1_000);
      }
      expect(captured).toEqual([CALLS, ...Array.from({ length: NIGHTS }, () => 0)]);
    } finally {
      await aircall.close();
    }
  },
);
