import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { API_ID, API_TOKEN } from "../../emulator/index.ts";

/** What the emulators' process is started with. */
export interface AccountsRequest {
  readonly accounts: number;
  /** Calls of each account, on average. */
  readonly calls: number;
  /** Where time stands still in the accounts until they are changed, so that every reader finds the same. */
  readonly stillAtMs?: number;
}

/** Keys of rows, by the stream that lists them. */
export type Keys = Readonly<Record<string, readonly (string | number)[]>>;

/** What a later run has to capture. */
export interface Changes {
  /** New and changed rows. */
  readonly present: Keys;
  readonly deleted: Keys;
}

/** What all accounts together have been asked, and the CPU time that answering took. */
export interface Served {
  readonly requests: number;
  readonly cpuSeconds: number;
}

export type Question = "urls" | "served" | "keys" | "change";

export const CREDENTIALS = { api_id: API_ID, api_token: API_TOKEN };

/** Runs work against emulated accounts without a request limit, which a process of their own serves. */
export async function withAccounts<Result>(
  request: AccountsRequest,
  work: (accounts: Accounts) => Promise<Result>,
): Promise<Result> {
  const child = fork(new URL("./account-process.ts", import.meta.url), [JSON.stringify(request)]);
  try {
    return await work(new Accounts(child, await ask<string[]>(child, "urls")));
  } finally {
    const ended = once(child, "exit");
    child.kill();
    await ended;
  }
}

export class Accounts {
  readonly urls: readonly string[];
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, urls: readonly string[]) {
    this.#child = child;
    this.urls = urls;
  }

  served(): Promise<Served> {
    return ask(this.#child, "served");
  }

  /** The keys of all rows that the first account lists. */
  keys(): Promise<Keys> {
    return ask(this.#child, "keys");
  }

  /** Changes the first account a little, at the present. */
  change(): Promise<Changes> {
    return ask(this.#child, "change");
  }

  /** The environment in which a capture reads one of the accounts as fast as it answers. */
  environment(index = 0): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      AIRCALL_API_URL: this.urls[index] ?? "",
      AIRCALL_API_ID: API_ID,
      AIRCALL_API_TOKEN: API_TOKEN,
      AIRCALL_RATE_WINDOW_MS: "1",
    };
  }
}

async function ask<Answer>(child: ChildProcess, question: Question): Promise<Answer> {
  const ended = new AbortController();
  const end = () => ended.abort(new Error("the emulator ended early"));
  child.once("exit", end);
  try {
    const answered = once(child, "message", { signal: ended.signal });
    child.send(question);
    const [answer] = await answered;
    return answer;
  } finally {
    child.removeListener("exit", end);
  }
}
