import type { AircallWebhooks } from "../../aircall/index.ts";
import { normalAddress } from "../address.ts";

/** Deletes the webhooks of this address. Returns how many there were. Throws what the requests throw. */
export async function removeWebhook(webhooks: AircallWebhooks, address: string): Promise<number> {
  const own = (await webhooks.list()).filter(({ url }) => normalAddress(url) === address);
  for (const { id } of own) await webhooks.remove(id);
  return own.length;
}
