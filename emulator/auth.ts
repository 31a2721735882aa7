import type { MiddlewareHandler } from "hono";
import { API_TOKEN } from "./options.ts";

/** Aircall answers 401 only if the header is missing. A wrong or malformed header is a 403. */
export function authenticate(apiId: string): MiddlewareHandler {
  const accepted = `Basic ${Buffer.from(`${apiId}:${API_TOKEN}`).toString("base64")}`;
  return async (context, next) => {
    const header = context.req.header("authorization");
    if (header === undefined) return context.json({ message: "Unauthorized" }, 401);
    if (header !== accepted) return context.json({ message: "Forbidden" }, 403);
    return next();
  };
}
