import type { Family, FamilyWorld } from "../happening.ts";
import { CallEvents } from "./calls.ts";
import { ContactEvents } from "./contacts.ts";
import { InsightEvents } from "./insights.ts";
import { MessageEvents } from "./messages.ts";
import { NumberEvents } from "./numbers.ts";
import { UserEvents } from "./users.ts";

/** All families of events that the account announces. */
export function familiesOf(world: FamilyWorld): Family[] {
  return [
    new CallEvents(world),
    new ContactEvents(world),
    new UserEvents(world),
    new NumberEvents(world),
    new MessageEvents(world),
    new InsightEvents(world),
  ];
}
