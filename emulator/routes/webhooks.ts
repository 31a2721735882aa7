import type { Context } from "hono";
import type { Webhook } from "../account/directory.ts";
import { EVENT_NAMES } from "../account/event-names.ts";
import type { Insights } from "../account/insights.ts";
import { isoDate } from "../account/time.ts";
import { MOST_WEBHOOKS, type WebhookRules } from "../account/webhooks.ts";
import { type Selection, UNKNOWN_ID } from "../envelope.ts";
import { directLink } from "../render/links.ts";
import { type EmulatedStream, type EmulatorApp, selectItems, serveList, type World } from "./stream.ts";

const ONE = "/v1/webhooks/:id";
const THIS_MACHINE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The `meta` of the list has no link keys. Its rows contain the secret of each webhook, but not its name. */
export const webhooks: EmulatedStream = {
  name: "webhooks",
  rows: listWebhooks,
  serve(app, world) {
    serveList(app, world, {
      path: "/v1/webhooks",
      key: "webhooks",
      ordered: true,
      linked: false,
      select: listWebhooks,
    });
    app.get(ONE, (context) => {
      const webhook = world.account.webhooks.locate(context.req.param("id"));
      return webhook ? answerOne(context, webhook) : context.json(UNKNOWN_ID, 404);
    });
    serveWrites(app, world);
  },
};

function listWebhooks({ account }: World): Selection {
  return selectItems(account.webhooks.listed, renderWebhook);
}

function serveWrites(app: EmulatorApp, { account: { webhooks, insights } }: World): void {
  const write = (answer: (context: Context, body: Body) => Response) => async (context: Context) => {
    if (!webhooks.rules.keyMayWrite) return context.json({ message: "Forbidden" }, 403);
    const body = await bodyOf(context);
    return typeof body === "string" ? refuse(context, body) : answer(context, body);
  };
  const writeOne = (answer: (context: Context, webhook: Webhook, body: Body) => Response) =>
    write((context, body) => {
      const webhook = webhooks.locate(context.req.param("id") ?? "");
      return webhook ? answer(context, webhook, body) : context.json(UNKNOWN_ID, 404);
    });

  app.post(
    "/v1/webhooks",
    write((context, { url, events }) => {
      const problem = urlProblem(url, webhooks.rules) ?? eventsProblem(events, webhooks.rules, insights);
      if (problem) return refuse(context, problem);
      if (webhooks.size >= MOST_WEBHOOKS) return refuse(context, `No more than ${MOST_WEBHOOKS} webhooks`);
      const id = webhooks.add({ url: String(url), active: true, events: subscribed(events) });
      return answerOne(context, webhooks.find(id) as Webhook, 201);
    }),
  );
  app.put(
    ONE,
    writeOne((context, webhook, { url, events, active }) => {
      const problem =
        (url === undefined ? undefined : urlProblem(url, webhooks.rules)) ??
        eventsProblem(events, webhooks.rules, insights);
      if (problem) return refuse(context, problem);
      const action = context.req.query("events_action");
      webhooks.edit(webhook.id, {
        events: eventsAfter(action, webhook.events, events),
        ...(typeof url === "string" && { url }),
        ...(typeof active === "boolean" && { active }),
      });
      return answerOne(context, webhook);
    }),
  );
  app.delete(
    ONE,
    writeOne((context, webhook) => {
      webhooks.remove(webhook.id);
      return context.body(null, 204);
    }),
  );
}

type Body = Readonly<Record<string, unknown>>;

/** The object in the body, `{}` if there is none; a text says what is wrong with it. */
async function bodyOf(context: Context): Promise<Body | string> {
  const isJson = context.req.header("content-type")?.startsWith("application/json");
  if (!isJson) return "The content type must be application/json";
  const text = await context.req.text();
  if (text === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Body) : "No object";
  } catch {
    return "The body is not JSON";
  }
}

function urlProblem(url: unknown, { httpOnThisMachine }: WebhookRules): string | undefined {
  if (typeof url !== "string" || url === "") return "url is missing";
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : {};
  const isLocal = protocol === "http:" && THIS_MACHINE.test(hostname ?? "");
  return protocol === "https:" || (isLocal && httpOnThisMachine) ? undefined : "url is invalid";
}

/** One unknown name, or one of insights that the company has not bought, makes the whole request invalid. */
function eventsProblem(
  events: unknown,
  { eventNames }: WebhookRules,
  insights: Insights,
): string | undefined {
  if (events === undefined) return undefined;
  if (!Array.isArray(events) || events.some((name) => typeof name !== "string")) return "events is invalid";
  const isUnknown = (name: string) =>
    eventNames !== "any" && (!eventNames.includes(name) || insights.isMissing(name));
  const unknown = events.find(isUnknown);
  return unknown === undefined ? undefined : `${unknown} is not a valid event`;
}

/** Without a list, or with an empty one, a webhook is subscribed to everything. */
function subscribed(events: unknown): string[] {
  const names = Array.isArray(events) ? events.map(String) : [];
  return names.length > 0 ? [...new Set(names)] : [...EVENT_NAMES];
}

function eventsAfter(action: string | undefined, before: readonly string[], events: unknown): string[] {
  const names = Array.isArray(events) ? events.map(String) : [];
  if (action === "add") return [...new Set([...before, ...names])];
  if (action === "remove") return before.filter((name) => !names.includes(name));
  return subscribed(events);
}

function refuse(context: Context, problem: string): Response {
  return context.json({ error: "Bad Request", troubleshoot: problem, message: problem }, 400);
}

function answerOne(context: Context, webhook: Webhook, status: 200 | 201 = 200): Response {
  return context.json({ webhook: renderWebhook(webhook) }, status);
}

function renderWebhook(webhook: Webhook) {
  return {
    id: webhook.id,
    webhook_id: webhook.uuid,
    direct_link: directLink(`/v1/webhooks/${webhook.uuid}`),
    created_at: isoDate(webhook.createdAtSeconds),
    url: webhook.url,
    active: webhook.active,
    token: webhook.token,
    events: webhook.events,
  };
}
