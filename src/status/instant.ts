import { html } from "hono/html";
import { fromNow } from "./words.ts";

/** An instant as its distance from now, with the instant itself for programs and as a tooltip. */
export function instant(instantMs: number, nowMs: number) {
  const iso = new Date(instantMs).toISOString();
  const title = `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
  return html`<time datetime="${iso}" title="${title}">${fromNow(instantMs, nowMs)}</time>`;
}
