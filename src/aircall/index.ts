export { RequestBudget } from "./budget.ts";
export type { RequestEvent } from "./client.ts";
export type { ClientOptions } from "./client-options.ts";
export { type Endpoint, itemOf, ROWS_IN_REACH, ROWS_PER_PAGE } from "./endpoint.ts";
export type { Page } from "./pages.ts";
export type { Priority } from "./priorities.ts";
export { fetchThrough } from "./proxy.ts";
export { AircallReader } from "./reader.ts";
export { AircallWebhooks, type Webhook } from "./webhooks.ts";
