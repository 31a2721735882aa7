import { API_ID, API_TOKEN, type Emulator } from "../../emulator/index.ts";
import { bindingFor } from "../../src/connector.ts";
import { secretsIn } from "../../src/shared/redactor.ts";
import { EndpointSchema } from "../../src/spec.ts";
import type { Ended, Env, Start } from "./program.ts";

export const HASH_KEY = "a key that nobody guesses";

export const base64 = (text: string) => Buffer.from(text).toString("base64");

export interface Key {
  readonly id: string;
  readonly token: string;
}

export const GOOD: Key = { id: API_ID, token: API_TOKEN };

/** What nobody may read anywhere. */
export const secretsOf = (key: Key, emulator: Emulator) => [
  ...[...secretsIn(EndpointSchema, configOf(key)), `${key.id}:${key.token}`].flatMap((secret) => [
    secret,
    base64(secret).replace(/=+$/, ""),
  ]),
  ...emulator.account.webhooks.listed.map((webhook) => webhook.token),
];

export const STREAMS = ["calls", "contacts", "tags", "users", "webhooks"] as const;

/** An endpoint config with every secret that there is in one. */
export const configOf = ({ id, token }: Key) => ({
  api_id: id,
  api_token: token,
  start_date: "2023-01-01T00:00:00Z",
  advanced: { personal_data: { emails: "hash", hash_key: HASH_KEY } },
});

export const bindings = STREAMS.map((stream) => bindingFor(stream));

/** Ends the input at once, or stops the program when it has shown the text. */
export async function askFlow(start: Start, env: Env, requests: object[], until?: string): Promise<Ended> {
  const { AIRCALL_API_ID: _id, AIRCALL_API_TOKEN: _token, ...others } = env;
  const flow = start(["flow"], others);
  flow.stdin.write(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  if (until === undefined) flow.stdin.end();
  else await flow.shows(until).catch(() => {});
  if (until !== undefined) flow.stop();
  return flow.ended;
}
