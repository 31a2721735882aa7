import type { JsonObject } from "../../src/shared/json.ts";

/** Changes the body of an answer in place. */
export type Tamper = (body: JsonObject, target: URL) => void;

/** A `fetch` whose good answers pass through other hands. */
export function tampering(fetch: typeof globalThis.fetch, tamper: Tamper): typeof globalThis.fetch {
  return async (input, init) => {
    const answer = await fetch(input, init);
    if (!answer.ok) return answer;
    const body = (await answer.json()) as JsonObject;
    tamper(body, new URL(String(input)));
    return new Response(JSON.stringify(body), { status: answer.status, headers: answer.headers });
  };
}
