import { onTestFinished } from "vitest";
import {
  API_ID,
  API_TOKEN,
  type Emulator,
  type EmulatorOptions,
  type MovableClock,
  movableClock,
  startEmulator,
} from "./index.ts";

/** Noon UTC on a Tuesday, within the office hours of London and Paris. */
export const NOON_MS = Date.UTC(2026, 8, 15, 12);
export const NOON_SECONDS = NOON_MS / 1000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

export const AUTHORIZATION = `Basic ${btoa(`${API_ID}:${API_TOKEN}`)}`;

/** An empty account. */
export const EMPTY = { calls: 0, users: 0, numbers: 0, teams: 0, tags: 0, contacts: 0, webhooks: 0 };

/** A small account without seeded calls and contacts. */
export const QUIET = { calls: 0, users: 3, numbers: 2, teams: 1, tags: 3, contacts: 0, webhooks: 1 };

export interface Row {
  id: number;
  [field: string]: unknown;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface Session {
  emulator: Emulator;
  clock: MovableClock;
  get(target: string): Promise<Answer>;
  /** Sends a request with this object as its body. The answer to a deletion has an empty body. */
  write(method: "POST" | "PUT" | "DELETE", target: string, body?: object): Promise<Answer>;
  /** The rows of one page, from the given key of its body. */
  rows(target: string, key: string): Promise<Row[]>;
  /** Reads a single call by its ID. */
  call(id: number): Promise<Row>;
}

/** Starts an emulator without a rate limit, at noon. It closes when the test ends. */
export async function open(options: Partial<EmulatorOptions> = {}): Promise<Session> {
  const clock = movableClock(NOON_MS);
  const emulator = await startEmulator({ clock, limit: null, ...options });
  onTestFinished(() => emulator.close());
  const ask = async (target: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = { authorization: AUTHORIZATION, "content-type": "application/json" };
    const answer = await fetch(emulator.url + target, { headers, ...init });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === "" ? {} : JSON.parse(text) };
  };
  const get = (target: string) => ask(target);
  return {
    emulator,
    clock,
    get,
    write: (method, target, body) => ask(target, { method, body: JSON.stringify(body ?? {}) }),
    rows: async (target, key) => (await get(target)).body[key] as Row[],
    call: async (id) => (await get(`/v1/calls/${id}`)).body.call as Row,
  };
}

export function ids(rows: readonly Row[]): number[] {
  return rows.map((row) => row.id);
}

/** Removes the signatures from a row, since they differ with every read. */
export function unsigned(row: unknown): unknown {
  return JSON.parse(JSON.stringify(row).replace(/X-Amz-Signature=\w+/g, ""));
}
