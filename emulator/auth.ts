import type { MiddlewareHandler } from "hono";
import { API_ID, API_TOKEN } from "./options.ts";

const ACCEPTED = `Basic ${Buffer.from(`${API_ID}:${API_TOKEN}`).toString("base64")}`;

/** Aircall's edge answers 401 only when there is no header at all; anything wrong in it is a 403. */
export const authenticate: MiddlewareHandler = async (context, next) => {
  const given = context.req.header("authorization");
  if (given === undefined) return context.json({ message: "Unauthorized" }, 401);
  if (given !== ACCEPTED) return context.json({ message: "Forbidden" }, 403);
  return next();
};
