import { type Emulator, startEmulator } from "../../emulator/index.ts";
import { sum } from "../statistics.ts";
import type { AccountsRequest, Served, Told } from "./accounts.ts";

/** Serves emulated accounts in a process of its own, and tells the one who started it what they were asked. */

const { count, account }: AccountsRequest = JSON.parse(process.argv[2] ?? "");

/** Nothing begins while it is measured, so that every reader finds the same calls. */
const lastCallSeconds = Math.floor(Date.now() / 1000) - 60;

const emulators = await Promise.all(
  Array.from({ length: count }, (_, index) =>
    startEmulator({ seed: `account ${index}`, account, limit: null, lastCallSeconds }),
  ),
);

process.on("message", (question: "told" | "ids") => {
  process.send?.(question === "ids" ? emulators.map(idsOfCalls) : told());
});
process.on("disconnect", () => process.exit());
process.send?.({ urls: emulators.map(({ url }) => url) } satisfies Served);

function told(): Told {
  const { user, system } = process.cpuUsage();
  return {
    requests: sum(emulators.map(({ requests }) => requests.total)),
    cpuSeconds: (user + system) / 1e6,
  };
}

function idsOfCalls(emulator: Emulator): number[] {
  return Array.from(emulator.truth("calls"), (call) => (call as { id: number }).id);
}
