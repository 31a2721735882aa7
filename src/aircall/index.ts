export { type Priority, RequestBudget } from "./budget.ts";
export { AircallReader, type ClientOptions, type RequestEvent } from "./client.ts";
export { type Endpoint, itemOf } from "./endpoint.ts";
export type { Page } from "./pages.ts";
