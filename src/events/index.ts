export { eventsAddress } from "./address.ts";
export { EventInput } from "./event-input.ts";
export { type Look, Registration, type RememberedWebhook } from "./webhook/registration.ts";
export { removeWebhook } from "./webhook/removal.ts";
export { wantedEvents } from "./webhook/subscriptions.ts";
