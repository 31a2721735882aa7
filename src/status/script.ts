/**
 * The script of the page, as it is sent: it replaces the content with that of the page as it is now, so that neither
 * the place nor an open table is lost. A hidden page is not refreshed.
 */
export const SCRIPT = `"use strict";
const REFRESH_MS = 10000;
const connection = document.getElementById("connection");

async function refresh() {
  const response = await fetch("", { cache: "no-store" });
  if (!response.ok) throw new Error("HTTP " + response.status);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = document.getElementById("main");
  const next = fresh.getElementById("main");
  if (!main || !next) throw new Error("another page");
  const focused = document.activeElement?.closest("details")?.id;
  for (const { id } of main.querySelectorAll("details[open]")) next.querySelector("#" + id)?.setAttribute("open", "");
  main.replaceWith(next);
  if (focused) next.querySelector("#" + focused + " summary")?.focus();
  document.title = fresh.title;
}

async function tick() {
  if (!document.hidden) {
    try {
      await refresh();
      connection.textContent = "";
    } catch {
      connection.textContent = "The capture does not answer. What you see is from before.";
    }
  }
  setTimeout(tick, REFRESH_MS);
}

setTimeout(tick, REFRESH_MS);
document.addEventListener("visibilitychange", () => document.hidden || refresh().catch(() => {}));
`;
