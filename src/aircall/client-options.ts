import type { JsonObject } from "../shared/json.ts";
import type { Ports } from "../shared/ports.ts";
import type { Redactor } from "../shared/redactor.ts";
import type { RequestBudget } from "./budget.ts";
import type { Credentials } from "./credentials.ts";

/** How the requests to one account are sent. */
export interface ClientOptions {
  readonly credentials: Credentials;
  /** The API's origin, such as `https://api.aircall.io`. */
  readonly origin: string;
  /** Host and port of the proxy through which `ports.fetch` connects, for errors. Left out, requests are sent directly. */
  readonly proxy?: string | undefined;
  readonly budget: RequestBudget;
  readonly ports: Ports;
  /** Hides the secrets that Aircall repeats in its answers. */
  readonly redactor: Redactor;
  /** The ceiling of the first random wait before a request is sent again; left out, the retry policy's. */
  readonly retryWaitMs?: number;
  /**
   * Changes the body of every answer, in place, before anything else keeps it. `name` is that of the object that the body
   * is, and empty for a body that holds what was asked for in a property.
   */
  readonly redactBody?: (body: JsonObject, name: string) => void;
}
