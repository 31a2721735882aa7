import type { MiddlewareHandler } from "hono";
import { API_ID, API_TOKEN } from "./options.ts";

const ACCEPTED = `Basic ${Buffer.from(`${API_ID}:${API_TOKEN}`).toString("base64")}`;

/** Aircall answers 401 only if the header is missing. A wrong or malformed header is a 403. */
export const authenticate: MiddlewareHandler = async (context, next) => {
  const header = context.req.header("authorization");
  if (header === undefined) return context.json({ message: "Unauthorized" }, 401);
  if (header !== ACCEPTED) return context.json({ message: "Forbidden" }, 403);
  return next();
};
