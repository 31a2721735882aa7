import { ConfigError } from "../errors.ts";
import { isLoopback } from "./environment.ts";

/**
 * The address under which Aircall reaches the capture's port, without a slash at its end; `undefined` for an
 * empty one. Throws a `ConfigError` for an address that Aircall would refuse.
 */
export function parseEventsUrl(address: string | undefined): string | undefined {
  const text = address?.trim();
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (!url || !isUsable || url.username || url.password || /[?#]/.test(text))
    throw new ConfigError(
      "advanced.events_url must be an https address without user, query and fragment, such as https://aircall.example.com (http is for this machine alone).",
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}
