import { Touch } from "../engine/index.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import type { Clock, Log } from "../shared/ports.ts";
import { isId } from "./values.ts";

/** An object that an event names. What the number says is up to the stream, such as when the call started. */
export interface TouchedObject {
  readonly id: number;
  readonly hint: number;
  /** Whether the next poll reads the object anyway, so that it need be read before only where that costs little. */
  readonly canWait?: boolean;
  /** Whether no other object is read by the same request, so that there is nothing to gather. */
  readonly isReadAlone?: boolean;
  /** Whether polls read the object within minutes, so that a change for which this read comes too early is not lost. */
  readonly isPolled?: boolean;
}

export interface WaitingObject extends TouchedObject {
  /** Whether the object is to be read now. Another one is worth reading only where that costs nothing. */
  readonly isDue: boolean;
}

/**
 * So long after the first event of an object, the object is read. What comes meanwhile is often read by the same
 * request. An event may come a second after what it announces, so that most changes are captured within five seconds.
 */
const GATHERING_MS = 3_300;

/** What Aircall answers may lag an event by so much. An object that is read sooner after its latest event is read once more, unless polls do so. */
const SETTLING_MS = 2_000;

/** Twenty minutes of requests, at half of the default allowance. What is touched beyond that is left to the polls. */
const MOST_TOUCHED = 1_000;

/** How long after a read without an answer an object is read again, and how often: for an hour in all. */
const AGAIN_AFTER_MS = 5 * 60_000;
const MOST_READS = 12;

const BETWEEN_REPORTS_MS = 10 * 60_000;

interface Entry {
  hint: number;
  canWait: boolean;
  isPolled: boolean;
  /** Another for each event, so that one that comes while the object is read is not lost. */
  version: number;
  /** When the latest event of the object came; Unix milliseconds. */
  heardMs: number;
  /** The object waits to be read since an instant, and is due so long after it; Unix milliseconds. */
  sinceMs: number;
  pauseMs: number;
  isTaken: boolean;
  /** How often Aircall did not answer for the object. */
  unansweredReads: number;
  /** Resolves once the hint is in the state. */
  kept: Promise<void>;
}

/** What a run of the stream is to read. */
export interface TouchedBatch {
  readonly objects: readonly TouchedObject[];
  /** To be called once what was read is durable, with the IDs that Aircall did not answer for. */
  readonly read: (unanswered?: ReadonlySet<number>) => void;
}

export interface TouchedOptions {
  /** As the state has it: hints by ID. What is not of this shape is ignored. */
  readonly state: unknown;
  /** Applies a merge patch to that state. Resolves once it is durable. */
  readonly keep: (patch: JsonObject) => Promise<void>;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/**
 * The objects of one stream that events have named, until the stream has read them. They are in the state
 * meanwhile, so that an event which was acknowledged is not lost with the process.
 */
export class TouchedIds {
  /** Ends the rest of the stream when an event comes. */
  readonly touch = new Touch();
  readonly #options: TouchedOptions;
  readonly #entries = new Map<number, Entry>();
  #versions = 0;
  #left = 0;
  #reportedMs = -Infinity;

  constructor(options: TouchedOptions) {
    this.#options = options;
    const kept = Promise.resolve();
    for (const [id, hint] of Object.entries(isJsonObject(options.state) ? options.state : {})) {
      if (!Number.isSafeInteger(Number(id)) || typeof hint !== "number") continue;
      // Its event may have come just before the earlier process ended.
      this.#enter(Number(id), hint, SETTLING_MS, kept);
    }
  }

  /**
   * Resolves once the object is in the state, or has been read. Of several hints the greatest counts, since events may
   * overtake each other. Beyond a thousand objects, the object is left to the polls.
   */
  add({ id, hint, canWait = false, isReadAlone = false, isPolled = false }: TouchedObject): Promise<void> {
    const known = this.#entries.get(id);
    if (!known && this.#entries.size >= MOST_TOUCHED) {
      this.#leaveToPolls();
      return Promise.resolve();
    }
    const pauseMs = isReadAlone ? SETTLING_MS : GATHERING_MS;
    const entry = known ?? this.#enter(id, hint, pauseMs, this.#options.keep({ [id]: hint }));
    if (hint > entry.hint) {
      entry.hint = hint;
      entry.kept = this.#options.keep({ [id]: hint });
    }
    entry.canWait = canWait && (known === undefined || known.canWait);
    entry.isPolled = isPolled && (known === undefined || known.isPolled);
    entry.version = this.#nextVersion();
    entry.heardMs = this.#options.clock.now();
    if (entry.isTaken || entry.unansweredReads > 0) this.#wait(entry, pauseMs);
    entry.unansweredReads = 0;
    this.touch.touch();
    return entry.kept;
  }

  /** When the first of the objects that wait is to be read; Unix milliseconds. */
  get dueMs(): number {
    return Math.min(Infinity, ...this.#untaken().map(([, { sinceMs, pauseMs }]) => sinceMs + pauseMs));
  }

  get isDue(): boolean {
    return this.#untaken().some(([, entry]) => this.#hasComeDue(entry));
  }

  /** To be called when a run of the stream begins: what an earlier run took and did not read is due, once it has settled. */
  begin(): void {
    for (const entry of this.#entries.values())
      if (entry.isTaken || this.#hasSettled(entry)) this.#wait(entry, 0);
  }

  /** The objects that can be taken; at most so many, first those that are due, in the order in which events named them. */
  waiting(most = Infinity): WaitingObject[] {
    const waiting = this.#takeable().map(([id, entry]) => {
      const { hint, canWait } = entry;
      return { id, hint, canWait, isDue: this.#hasComeDue(entry) };
    });
    const [due, others] = [waiting.filter(({ isDue }) => isDue), waiting.filter(({ isDue }) => !isDue)];
    return [...due, ...others].slice(0, most);
  }

  /**
   * Takes these of the objects that wait, or all of them: those that are due, and those whose latest event has settled.
   * `undefined` when there is none. What is due and has not settled goes on waiting as well.
   */
  take(ids?: ReadonlySet<number>): TouchedBatch | undefined {
    const taken = this.#takeable().filter(([id]) => ids?.has(id) ?? true);
    if (taken.length === 0) return undefined;
    const versions = new Map<number, number>();
    for (const [id, entry] of taken) {
      const heardBeforeMs = this.#options.clock.now() - entry.heardMs;
      entry.isTaken = this.#hasSettled(entry);
      if (entry.isTaken) versions.set(id, entry.version);
      else this.#wait(entry, GATHERING_MS - heardBeforeMs);
    }
    return {
      objects: taken.map(([id, { hint, canWait }]) => ({ id, hint, canWait })),
      read: (unanswered = new Set()) => this.#settle(versions, unanswered),
    };
  }

  #untaken(): [id: number, entry: Entry][] {
    return [...this.#entries].filter(([, { isTaken }]) => !isTaken);
  }

  #takeable(): [id: number, entry: Entry][] {
    return this.#untaken().filter(([, entry]) => this.#hasComeDue(entry) || this.#hasSettled(entry));
  }

  #enter(id: number, hint: number, pauseMs: number, kept: Promise<void>): Entry {
    const version = this.#nextVersion();
    const nowMs = this.#options.clock.now();
    const times = { heardMs: nowMs, sinceMs: nowMs, pauseMs };
    const entry = {
      hint,
      canWait: false,
      isPolled: false,
      version,
      ...times,
      isTaken: false,
      unansweredReads: 0,
      kept,
    };
    this.#entries.set(id, entry);
    return entry;
  }

  /** No version of an object comes again, not even after the object has been read and forgotten. */
  #nextVersion(): number {
    this.#versions += 1;
    return this.#versions;
  }

  /** Forgets the objects that were read and that no event has named since. */
  #settle(versions: ReadonlyMap<number, number>, unanswered: ReadonlySet<number>): void {
    const forgotten: JsonObject = {};
    for (const [id, version] of versions) {
      const entry = this.#entries.get(id);
      if (entry?.version !== version) continue;
      if (unanswered.has(id) && this.#isReadAgain(entry)) continue;
      this.#entries.delete(id);
      forgotten[id] = null;
    }
    if (Object.keys(forgotten).length > 0) void this.#options.keep(forgotten);
  }

  /** Whether an object that Aircall did not answer for is tried once more. */
  #isReadAgain(entry: Entry): boolean {
    entry.unansweredReads += 1;
    if (entry.unansweredReads >= MOST_READS) return false;
    this.#wait(entry, AGAIN_AFTER_MS);
    return true;
  }

  #wait(entry: Entry, pauseMs: number): void {
    entry.isTaken = false;
    entry.sinceMs = this.#options.clock.now();
    entry.pauseMs = pauseMs;
  }

  #hasComeDue({ sinceMs, pauseMs }: Entry): boolean {
    return this.#hasPassed(pauseMs, sinceMs);
  }

  #hasSettled({ heardMs, isPolled }: Entry): boolean {
    return isPolled || this.#hasPassed(SETTLING_MS, heardMs);
  }

  /** True as well when the clock has been set back since then. */
  #hasPassed(durationMs: number, sinceMs: number): boolean {
    const passedMs = this.#options.clock.now() - sinceMs;
    return passedMs < 0 || passedMs >= durationMs;
  }

  #leaveToPolls(): void {
    this.#left += 1;
    const nowMs = this.#options.clock.now();
    if (nowMs < this.#reportedMs + BETWEEN_REPORTS_MS) return;
    this.#reportedMs = nowMs;
    this.#options.log.warn(
      `Events name more objects than the request budget can read at once: ${this.#left} so far are left to the polls and re-reads, which reach no call beyond the re-read ages.`,
    );
  }
}

/** The ID in an event, which may be a number or a text; `undefined` for anything else. */
export function idIn(value: Json | undefined): number | undefined {
  const id = typeof value === "string" && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value;
  return isId(id) ? id : undefined;
}

/** The whole list, for a stream that has no way to read a single object. */
export const WHOLE_LIST: TouchedObject = { id: 0, hint: 0 };
