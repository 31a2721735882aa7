import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { API_ID, API_TOKEN } from "../../emulator/index.ts";

/** Made-up accounts, with nothing but calls unless more is asked for. */
export interface AccountsRequest {
  readonly count: number;
  readonly account: { readonly calls: number; readonly days: number };
}

export interface Served {
  readonly urls: readonly string[];
}

/** What all accounts of the process have been asked, and what it took them. */
export interface Told {
  readonly requests: number;
  readonly cpuSeconds: number;
}

export const CREDENTIALS = { api_id: API_ID, api_token: API_TOKEN };

/** As far back as Aircall lists calls. */
const HISTORY_DAYS = 180;

/** Works with emulated accounts without a limit, in a process of their own, each with so many calls. */
export async function withAccounts<Result>(
  calls: number,
  count: number,
  work: (accounts: Accounts) => Promise<Result>,
): Promise<Result> {
  const accounts = await Accounts.start(calls, count);
  try {
    return await work(accounts);
  } finally {
    await accounts.close();
  }
}

export class Accounts {
  readonly urls: readonly string[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, { urls }: Served) {
    this.#child = child;
    this.urls = urls;
  }

  static async start(calls: number, count: number): Promise<Accounts> {
    const request: AccountsRequest = { count, account: { calls, days: HISTORY_DAYS } };
    const child = fork(new URL("./account-process.ts", import.meta.url), [JSON.stringify(request)]);
    return new Accounts(child, await answer(child));
  }

  told(): Promise<Told> {
    return this.#ask("told");
  }

  /** The IDs of all calls that the first account lists. */
  async ids(): Promise<number[]> {
    const [first = []] = await this.#ask<number[][]>("ids");
    return first;
  }

  /** What a capture needs to read one of them as fast as it answers. */
  environment(index = 0): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      AIRCALL_API_URL: this.urls[index] ?? "",
      AIRCALL_API_ID: API_ID,
      AIRCALL_API_TOKEN: API_TOKEN,
      AIRCALL_RATE_WINDOW_MS: "1",
    };
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }

  #ask<Answer>(question: string): Promise<Answer> {
    const answered = answer<Answer>(this.#child);
    this.#child.send(question);
    return answered;
  }
}

async function answer<Answer>(child: ChildProcess): Promise<Answer> {
  const ended = new AbortController();
  const end = () => ended.abort(new Error("the emulator ended early"));
  child.once("exit", end);
  try {
    const [message] = await once(child, "message", { signal: ended.signal });
    return message as Answer;
  } finally {
    child.removeListener("exit", end);
  }
}
