import type { TableSummary } from "../local/index.ts";
import type { StatusSources } from "./sources.ts";

/** The days that are shown, today included. */
export const DAYS = 30;

const DAY_SECONDS = 86_400;

/** A reading is used again for so long, and for twenty times as long as it took: pages must not keep a store busy. */
const FRESH_FOR_MS = 5_000;
const FRESH_FOR_TIMES = 20;

/** A page that has to wait longer shows the reading before. */
const LONGEST_WAIT_MS = 3_000;

/** What the store holds. */
export interface Reading {
  readonly tables: ReadonlyMap<string, TableSummary>;
  /** When that was; left out before the first reading. */
  readonly atMs?: number;
  /** Why it could not be read again. */
  readonly problem?: string;
}

/** What the store holds, read when somebody looks, and by one reader at a time. */
export class Readings {
  readonly #sources: StatusSources;
  #latest: Reading = { tables: new Map() };
  #freshUntilMs = -Infinity;
  #underWay: Promise<void> | undefined;

  constructor(sources: StatusSources) {
    this.#sources = sources;
  }

  async latest(): Promise<Reading> {
    const { clock } = this.#sources;
    if (clock.now() >= this.#freshUntilMs) this.#underWay ??= this.#read();
    if (this.#underWay) {
      let cancel = () => {};
      const late = new Promise<void>((resolve) => {
        cancel = clock.alarm(LONGEST_WAIT_MS, resolve);
      });
      await Promise.race([this.#underWay, late]);
      cancel();
    }
    return this.#latest;
  }

  /** Resolves when the store is not being read. */
  async settled(): Promise<void> {
    await this.#underWay;
  }

  async #read(): Promise<void> {
    const { clock } = this.#sources;
    const beganMs = clock.now();
    try {
      this.#latest = { tables: await this.#summaries(beganMs), atMs: beganMs };
    } catch (error) {
      this.#latest = { ...this.#latest, problem: error instanceof Error ? error.message : String(error) };
    }
    const nowMs = clock.now();
    this.#freshUntilMs = nowMs + Math.max(FRESH_FOR_MS, FRESH_FOR_TIMES * (nowMs - beganMs));
    this.#underWay = undefined;
  }

  async #summaries(nowMs: number): Promise<Map<string, TableSummary>> {
    const { progress, store, newestBy } = this.#sources;
    const today = Math.floor(nowMs / 1000 / DAY_SECONDS);
    const sinceSeconds = (today - DAYS + 1) * DAY_SECONDS;
    const summaries = new Map<string, TableSummary>();
    for (const { stream } of progress.streams) {
      const question = { table: stream, newestBy: newestBy(stream), sinceSeconds };
      summaries.set(stream, await store.summary(question));
    }
    return summaries;
  }
}
