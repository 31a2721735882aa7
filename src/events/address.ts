import { createHmac } from "node:crypto";

/** 160 bits: nobody finds the address by trying. */
const SEGMENT_DIGITS = 40;

/**
 * Where Aircall is to send the events of an account: the configured address, and a path segment that only the holder
 * of the API key can derive. Another key has another segment, and the key cannot be derived from it.
 */
export function eventsAddress(eventsUrl: string, apiId: string, apiToken: string): string {
  const digest = createHmac("sha256", apiToken).update(`source-aircall events ${apiId}`).digest("hex");
  const url = new URL(eventsUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${digest.slice(0, SEGMENT_DIGITS)}`;
  return url.href;
}

/** By what a request is recognised: a gateway may strip what comes before it. */
export function lastSegment(path: string): string {
  return path.split("/").at(-1) ?? "";
}
