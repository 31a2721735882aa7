import { setTimeout as sleep } from "node:timers/promises";
import { type Accounts, type Changes, type Keys, withAccounts } from "../process/accounts.ts";
import { readOverAirbyte } from "./airbyte.ts";
import { readOverFlow } from "./flow.ts";
import type { Emitted, Environment, Peer, Reading, Run } from "./peer.ts";
import { readOverSinger } from "./singer.ts";

/** A peer by name, and how it is started against the account at an address. */
export interface Contestant {
  readonly name: string;
  readonly env: Environment;
  peer(url: string): Peer;
}

/** What one run took. */
export interface Costs {
  readonly seconds: number;
  readonly cpuSeconds: number | undefined;
  readonly peakMiB: number | undefined;
  /** Discovery and validation included. */
  readonly requests: number;
  readonly documents: number;
  /** Why the run failed after what it emitted. */
  readonly problem: string | undefined;
}

/** The first run, of the whole account. */
export interface FirstRun extends Costs {
  /** Rows of the account that never came, by stream. A stream that the peer does not offer is among `absent`. */
  readonly missing: ReadonlyMap<string, number>;
  readonly absent: readonly string[];
  /** Rows beyond the first of a key, though nothing changed. */
  readonly duplicates: number;
}

/** The second run, after a few changes. */
export interface SecondRun extends Costs {
  readonly changed: Found;
  readonly deleted: Found;
}

export interface Found {
  readonly found: number;
  readonly of: number;
}

export interface Result {
  readonly name: string;
  readonly protocol: string;
  /** Rows of the account that the first run was held against, by stream. */
  readonly rows: ReadonlyMap<string, number>;
  readonly first: FirstRun;
  /** Or why it failed. */
  readonly second: SecondRun | string;
}

export interface Failure {
  readonly name: string;
  readonly because: string;
}

export interface Conditions {
  /** Calls of the account, on average. */
  readonly calls: number;
  readonly idleMs: number;
  /** Between the changes and the second run: some peers keep a distance from the present. */
  readonly pauseMs: number;
}

const READERS = { flow: readOverFlow, airbyte: readOverAirbyte, singer: readOverSinger };

/**
 * Each peer reads an account of its own, all of them alike, which then changes and is read again. One peer reads at a
 * time; the pauses between the runs overlap.
 */
export function compareInTurns(
  contestants: readonly Contestant[],
  conditions: Conditions,
): Promise<(Result | Failure)[]> {
  const inTurn = oneAtATime();
  const stillAtMs = Date.now();
  const started = contestants.map(() => Promise.withResolvers<void>());
  return Promise.all(
    contestants.map((contestant, index) =>
      withAccounts({ accounts: 1, calls: conditions.calls, stillAtMs }, async (accounts) => {
        started[index]?.resolve();
        await Promise.all(started.map(({ promise }) => promise));
        return compare(contestant, accounts, conditions, inTurn);
      }),
    ),
  );
}

type InTurn = <Outcome>(work: () => Promise<Outcome>) => Promise<Outcome>;

function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const outcome = last.then(work);
    last = outcome.catch(() => {});
    return outcome;
  };
}

async function compare(
  contestant: Contestant,
  accounts: Accounts,
  conditions: Conditions,
  inTurn: InTurn,
): Promise<Result | Failure> {
  const { name } = contestant;
  const peer = contestant.peer(accounts.urls[0] ?? "");
  const run = (state?: unknown) =>
    inTurn(async () => {
      const before = await accounts.served();
      const reading = await READERS[peer.protocol](peer, {
        ...runIn(accounts, contestant, conditions),
        state,
      });
      if (reading.problem !== undefined && reading.emitted.length === 0) throw new Error(reading.problem);
      return { reading, requests: (await accounts.served()).requests - before.requests };
    });
  try {
    const keys = await accounts.keys();
    const { reading, requests } = await run();
    const first = { ...costs(reading, requests), ...comparedWith(keys, reading) };
    const rows = new Map(Object.entries(keys).map(([stream, { length }]) => [stream, length]));
    const changes = await accounts.change();
    await sleep(conditions.pauseMs);
    const second = await run(reading.state).then(
      (again) => ({ ...costs(again.reading, again.requests), ...foundOf(changes, again.reading) }),
      reasonOf,
    );
    return { name, protocol: peer.protocol, rows, first, second };
  } catch (error) {
    return { name, because: reasonOf(error) };
  }
}

function runIn(accounts: Accounts, { env }: Contestant, { idleMs }: Conditions): Run {
  const served = async () => (await accounts.served()).requests;
  return { env: { ...accounts.environment(), ...env }, served, idleMs };
}

function costs({ seconds, usage, emitted, problem }: Reading, requests: number): Costs {
  return {
    seconds,
    cpuSeconds: usage?.cpuSeconds,
    peakMiB: usage?.peakMiB,
    requests,
    documents: emitted.length,
    problem,
  };
}

function comparedWith(keys: Keys, { streams, emitted }: Reading) {
  const found = identities(emitted.filter(({ isDeletion }) => !isDeletion));
  const offered = new Set(streams.map(commonName));
  const missing = Object.entries(keys).flatMap(([stream, all]): [string, number][] => {
    const count = all.filter((key) => !found.has(identity(stream, key))).length;
    return count > 0 && offered.has(commonName(stream)) ? [[stream, count]] : [];
  });
  return {
    missing: new Map(missing),
    absent: Object.keys(keys).filter((stream) => !offered.has(commonName(stream))),
    duplicates: emitted.length - found.size,
  };
}

function foundOf({ present, deleted }: Changes, { emitted }: Reading) {
  const count = (keys: Keys, found: ReadonlySet<string>): Found => {
    const expected = Object.entries(keys).flatMap(([stream, all]) => all.map((key) => identity(stream, key)));
    return { found: expected.filter((one) => found.has(one)).length, of: expected.length };
  };
  return {
    changed: count(present, identities(emitted.filter(({ isDeletion }) => !isDeletion))),
    deleted: count(deleted, identities(emitted.filter(({ isDeletion }) => isDeletion))),
  };
}

function identities(emitted: readonly Emitted[]): Set<string> {
  return new Set(emitted.map(({ stream, key }) => identity(stream, key)));
}

function identity(stream: string, key: unknown): string {
  return `${commonName(stream)} ${key}`;
}

/** Connectors spell one of the streams in two ways. */
function commonName(stream: string): string {
  return stream === "user_availablity" ? "user_availability" : stream;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
