import { type Emulator, startEmulator } from "../../emulator/index.ts";
import { sum } from "../statistics.ts";
import type { AccountsRequest, Question, Served } from "./accounts.ts";

/** Serves emulated accounts, and answers its parent process's questions about them. */

const request: AccountsRequest = JSON.parse(process.argv[2] ?? "");

/** As far back as Aircall lists calls. */
const HISTORY_DAYS = 180;

/** No call begins during the measurement, so that every reader finds the same calls. */
const lastCallSeconds = Math.floor(Date.now() / 1000) - 60;

const starting = Array.from({ length: request.accounts }, (_, index) =>
  startEmulator({
    seed: `account ${index}`,
    account: { calls: request.calls, days: HISTORY_DAYS },
    limit: null,
    lastCallSeconds,
  }),
);

process.on("message", async (question: Question) => {
  process.send?.(ANSWERS[question](await Promise.all(starting)));
});
process.on("disconnect", () => process.exit());

const ANSWERS = {
  urls: (emulators: readonly Emulator[]) => emulators.map(({ url }) => url),
  served: (emulators: readonly Emulator[]): Served => {
    const { user, system } = process.cpuUsage();
    return {
      requests: sum(emulators.map(({ requests }) => requests.total)),
      cpuSeconds: (user + system) / 1e6,
    };
  },
  ids: ([first]: readonly Emulator[]) =>
    Array.from(first?.truth("calls") ?? [], (call) => (call as { id: number }).id),
};
