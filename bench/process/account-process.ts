import { type Emulator, movableClock, type StreamName, startEmulator } from "../../emulator/index.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { sum } from "../statistics.ts";
import type { AccountsRequest, Changes, Keys, Question, Served } from "./accounts.ts";

/** Serves emulated accounts, and answers its parent process's questions about them. */

const request: AccountsRequest = JSON.parse(process.argv[2] ?? "");

/** As far back as every connector that is known reads calls; Aircall lists a few days more. */
const HISTORY_DAYS = 170;

/** No call begins during the measurement, so that every reader finds the same calls. */
const lastCallSeconds = Math.floor((request.stillAtMs ?? Date.now()) / 1000) - 60;

const clock = movableClock(request.stillAtMs ?? Date.now());

const starting = Array.from({ length: request.accounts }, (_, index) =>
  startEmulator({
    seed: `account ${index}`,
    account: { calls: request.calls, days: HISTORY_DAYS },
    limit: null,
    lastCallSeconds,
    ...(request.stillAtMs !== undefined && { clock }),
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
  keys: ([first]: readonly Emulator[]): Keys =>
    first ? Object.fromEntries(listedStreamNames.map((stream) => [stream, keysOf(first, stream)])) : {},
  change: ([first]: readonly Emulator[]): Changes => {
    clock.set(Date.now());
    return first ? change(first) : { present: {}, deleted: {} };
  },
};

function keysOf(emulator: Emulator, stream: StreamName): (string | number)[] {
  const rows = emulator.truth(stream) as Iterable<{ id?: number; name: string }>;
  return Array.from(rows, ({ id, name }) => id ?? name);
}

function change(emulator: Emulator): Changes {
  const { calls, contacts, tags, webhooks } = emulator.account;
  const [edited, tag, webhook] = [
    Number(keysOf(emulator, "contacts")[0]),
    tags.listed[0]?.id ?? 0,
    webhooks.listed[0]?.id ?? 0,
  ];
  contacts.edit(edited, { firstName: "Renamed" });
  tags.remove(tag);
  webhooks.remove(webhook);
  return {
    present: { calls: [calls.ring(), calls.ring()], contacts: [contacts.add(), edited], tags: [tags.add()] },
    deleted: { tags: [tag], webhooks: [webhook] },
  };
}
