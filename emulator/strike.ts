import { setTimeout as delay } from "node:timers/promises";
import type { Context, MiddlewareHandler, Next } from "hono";
import { type Bindings, connectionOf } from "./connection.ts";
import type { FaultKind, FaultPlan } from "./faults.ts";
import { requestTarget } from "./requests.ts";

type Env = { Bindings: Bindings };
type Answer = Response | undefined;

/** Applies the planned faults to a request, up to the first fault that replaces the answer. */
export function strikeFaults(plan: FaultPlan, closing: AbortSignal): MiddlewareHandler<Env> {
  return async (context, next) => {
    for (const fault of plan.strike(context.req.method, requestTarget(context.req.url))) {
      const answer = await strike(fault, context, next, closing);
      if (answer !== undefined) return answer;
    }
    await next();
    return undefined;
  };
}

/** Returns the answer that replaces the real one, or `undefined` if the fault does not replace it. */
async function strike(
  fault: FaultKind,
  context: Context<Env>,
  next: Next,
  closing: AbortSignal,
): Promise<Answer> {
  switch (fault.kind) {
    case "status":
      return Response.json(fault.body ?? { error: "Fault" }, {
        status: fault.status,
        ...(fault.headers ? { headers: fault.headers } : {}),
      });
    case "reset":
      return connectionOf(context.env).reset();
    case "cut":
      await next();
      return replaceAnswer(context, await connectionOf(context.env).cut(context.res));
    case "slow":
      await delay(fault.delayMs, undefined, { signal: closing }).catch(() => undefined);
      return undefined;
    case "missingKey":
      await next();
      return replaceAnswer(context, await metaAlone(context.res));
    case "html":
      return context.html("<!doctype html><title>Maintenance</title><p>Back soon.</p>");
    case "hang":
      await untilAborted(closing);
      return connectionOf(context.env).reset();
    case "edit":
      fault.edit();
      return undefined;
  }
}

/** Hono copies the headers of an existing answer to a new one, so the existing answer is removed first. */
function replaceAnswer(context: Context<Env>, answer: Response): Response {
  context.res = undefined;
  context.res = answer;
  return answer;
}

async function metaAlone(answer: Response): Promise<Response> {
  const { meta } = (await answer.json()) as { meta?: unknown };
  return Response.json({ meta });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
