export { type Priority, RequestBudget } from "./budget.ts";
export { AircallReader, type ClientOptions, type RequestEvent } from "./client.ts";
export type { Endpoint } from "./endpoint.ts";
export type { Page } from "./pages.ts";
