import type { Emulator } from "../../../emulator/index.ts";
import { repeatEvery } from "../../shared/clock.ts";
import type { Clock } from "../../shared/ports.ts";

/** A first capture of so much history takes no more than some forty requests, which leaves the budget to the present. */
const HISTORY_HOURS = 2;

const BETWEEN_DEEDS_MS = 4_000;

const HOUR_SECONDS = 3_600;
const MINUTES_PER_DAY = 24 * 60;
const MESSAGES_PER_CALL = 6;

/** Starts an account in which so many calls begin in every minute, at any time of the week. */
export async function startLivingAccount(callsPerMinute: number): Promise<Emulator> {
  const { startEmulator } = await import("../../../emulator/index.ts");
  return startEmulator({
    seed: "living",
    traffic: "even",
    httpOnThisMachine: true,
    account: {
      calls: callsPerMinute * 60 * HISTORY_HOURS,
      days: HISTORY_HOURS / 24,
      messagesPerDay: callsPerMinute * MESSAGES_PER_CALL * MINUTES_PER_DAY,
    },
  });
}

/**
 * Lets people do what hardly happens by itself within minutes: they tag old calls, and add, edit and delete contacts.
 * Returns what ends it.
 */
export function letPeopleWork({ account, truth }: Emulator, clock: Pick<Clock, "alarm">): () => void {
  const { calls, contacts, tags } = account;
  let contactId = contacts.add();
  const deeds = [
    () => {
      const to = account.nowSeconds - HOUR_SECONDS;
      const [call] = truth("calls", { from: `${to - HOUR_SECONDS / 2}`, to: `${to}` }) as Iterable<{
        id: number;
      }>;
      const [tag] = tags.listed;
      if (call && tag) calls.tag(call.id, tag.id);
    },
    () => {
      const [contact] = truth("contacts") as Iterable<{ id: number }>;
      if (contact)
        contacts.edit(contact.id, { information: `Asked to be called back, ${account.nowSeconds}` });
    },
    () => contacts.remove(contactId),
    () => {
      contactId = contacts.add();
    },
  ];
  let deed = 0;
  return repeatEvery(clock, BETWEEN_DEEDS_MS, () => deeds[deed++ % deeds.length]?.());
}
