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
  url.pathname = `${withoutEndSlashes(url.pathname)}/${digest.slice(0, SEGMENT_DIGITS)}`;
  return url.href;
}

/**
 * An address as `eventsAddress` writes it. Aircall may answer with another spelling of what it was sent, such as a host in
 * capitals, the port that the scheme has anyway, or a slash at the end.
 */
export function normalAddress(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  url.pathname = withoutEndSlashes(url.pathname);
  return url.href;
}

/** By what a request is recognised: a gateway may strip what comes before it, and add a slash at the end. */
export function lastSegment(path: string): string {
  return withoutEndSlashes(path).split("/").at(-1) ?? "";
}

function withoutEndSlashes(path: string): string {
  return path.replace(/\/+$/, "");
}
