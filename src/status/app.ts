import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Log } from "../shared/ports.ts";
import { METRICS_TYPE, metricsText } from "./metrics.ts";
import { failedForAnHour, overviewOf } from "./overview.ts";
import { page } from "./page.ts";
import type { Readings } from "./readings.ts";
import { SCRIPT } from "./script.ts";
import type { StatusSources } from "./sources.ts";
import { STYLESHEET } from "./stylesheet.ts";

const METHODS = ["GET", "HEAD"];

/** Nothing but what this server itself sends is loaded, run or framed. */
const HEADERS = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    imgSrc: ["data:"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
  },
  // The page is served by plain HTTP; where TLS ends before it, that place decides.
  strictTransportSecurity: false,
  xFrameOptions: "DENY",
});

/** What the page, its parts, `/healthz` and `/metrics` answer. */
export function statusApp(sources: StatusSources, readings: Readings, log: Log): Hono {
  const app = new Hono();
  const overview = async () => overviewOf(sources, await readings.latest());
  app.use(HEADERS);
  app.use(async (context, next) => {
    context.header("cache-control", "no-store");
    if (METHODS.includes(context.req.method)) return next();
    return context.text("This port is only for reading.\n", 405, {
      allow: METHODS.join(", "),
      connection: "close",
    });
  });
  app.get("/", async (context) => context.html(page(await overview())));
  app.get("/style.css", (context) =>
    context.body(STYLESHEET, 200, { "content-type": "text/css; charset=utf-8" }),
  );
  app.get("/script.js", (context) =>
    context.body(SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" }),
  );
  app.get("/healthz", (context) => {
    const failed = failedForAnHour(sources);
    const streams = failed.map(({ stream, failure: { sinceMs, message } }) => ({
      stream,
      since: new Date(sinceMs).toISOString(),
      error: message,
    }));
    return streams.length > 0
      ? context.json({ status: "failed", streams }, 503)
      : context.json({ status: "ok" });
  });
  app.get("/metrics", async (context) =>
    context.body(await metricsText(await overview()), 200, { "content-type": METRICS_TYPE }),
  );
  app.notFound((context) => context.text("There is no such page.\n", 404));
  app.onError((error, context) => {
    log.error("the status page could not be made", { error: String(error) });
    return context.text("The page could not be made; the log of the capture says why.\n", 500);
  });
  return app;
}
