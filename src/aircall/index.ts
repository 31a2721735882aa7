export { isNestedTooDeep } from "./body.ts";
export { type Priority, RequestBudget } from "./budget.ts";
export { AircallReader, type RequestEvent } from "./client.ts";
export type { ClientOptions } from "./client-options.ts";
export { type Endpoint, itemOf, ROWS_IN_REACH, ROWS_PER_PAGE } from "./endpoint.ts";
export { inexactFieldsIn, withFiniteNumbers } from "./numbers.ts";
export type { Page } from "./pages.ts";
export { fetchThrough } from "./proxy.ts";
