import type { MiddlewareHandler } from "hono";
import type { EmulatorClock } from "./clock.ts";
import { type Bindings, connectionOf } from "./connection.ts";

export interface RecordedRequest {
  method: string;
  /** Path and query as received. */
  target: string;
  /** Status answered, or null when the connection was broken instead. */
  status: number | null;
  /** Emulator time of arrival. */
  atMs: number;
}

const RECENT_KEPT = 1_000;

/** Every request the emulator received, refused ones included. */
export class RequestRecord {
  total = 0;
  /** Answers with status 429. */
  refused = 0;
  /** Counts by path, with ids written `:id`. */
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
  return path.replace(/\/\d+(?=\/|$)/g, "/:id");
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

/** Path and query of an absolute URL. */
export function requestTarget(url: string): string {
  return url.slice(url.indexOf("/", "https://".length));
}
