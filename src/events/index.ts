export { eventsAddress } from "./address.ts";
export { EventInput } from "./event-input.ts";
export { type Look, Registration, type RememberedWebhook } from "./registration.ts";
export { removeWebhook } from "./removal.ts";
export { wantedEvents } from "./subscriptions.ts";
