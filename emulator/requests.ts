import type { MiddlewareHandler } from "hono";
import type { EmulatorClock } from "./clock.ts";
import { type Bindings, connectionOf } from "./connection.ts";

export interface RecordedRequest {
  method: string;
  /** The path and query, as received. */
  target: string;
  /** The status of the answer, or null if the connection was broken. */
  status: number | null;
  /** When the request arrived, by the clock of the emulator. */
  atMs: number;
}

/** How many requests `recent` keeps. */
const RECENT_KEPT = 1_000;

/** All requests that the emulator received, including those it refused. */
export class RequestRecord {
  total = 0;
  /** The number of answers with status 429. */
  refused = 0;
  /** The number of requests by path, with `:id` for IDs. */
  readonly byPath = new Map<string, number>();
  /** The latest requests, oldest first. */
  readonly recent: RecordedRequest[] = [];

  add(request: RecordedRequest): void {
    this.total++;
    if (request.status === 429) this.refused++;
    const path = pathShape(request.target);
    this.byPath.set(path, (this.byPath.get(path) ?? 0) + 1);
    this.recent.push(request);
    if (this.recent.length > RECENT_KEPT) this.recent.shift();
  }

  clear(): void {
    this.total = 0;
    this.refused = 0;
    this.byPath.clear();
    this.recent.length = 0;
  }
}

function pathShape(target: string): string {
  const [path = ""] = target.split("?");
  return path.replace(/\/(\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=\/|$)/g, "/:id");
}

export function recordRequests(
  record: RequestRecord,
  clock: EmulatorClock,
): MiddlewareHandler<{ Bindings: Bindings }> {
  return async (context, next) => {
    const atMs = clock.now();
    await next();
    const status = connectionOf(context.env).isBroken ? null : context.res.status;
    record.add({ method: context.req.method, target: requestTarget(context.req.url), status, atMs });
  };
}

/** The path and query of an absolute URL. */
export function requestTarget(url: string): string {
  return url.slice(url.indexOf("/", "https://".length));
}
