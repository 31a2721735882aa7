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
}

export interface WaitingObject extends TouchedObject {
  /** Whether the object is to be read now. Another one is worth reading only where that costs nothing. */
  readonly isDue: boolean;
}

/**
 * So long after the first event of an object, the object is read. What comes meanwhile is often read by the same
 * request. An event may come a second after what it announces, so that most changes are captured within five seconds.
 */
const GATHERING_MS = 3_600;

/** Twenty minutes of requests, at half of the default allowance. What is touched beyond that is left to the polls. */
const MOST_TOUCHED = 1_000;

const BETWEEN_REPORTS_MS = 10 * 60_000;

interface Entry {
  hint: number;
  canWait: boolean;
  /** Changes with each event, so that one that comes while the object is read is not lost. */
  version: number;
  /** When the first event came since the object was read; Unix milliseconds. */
  sinceMs: number;
  isTaken: boolean;
  readonly kept: Promise<void>;
}

/** What a run of the stream is to read. */
export interface TouchedBatch {
  readonly objects: readonly TouchedObject[];
  /** To be called once what was read is durable. */
  readonly read: () => void;
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
  #left = 0;
  #reportedMs = -Infinity;

  constructor(options: TouchedOptions) {
    this.#options = options;
    const restored = {
      canWait: false,
      version: 0,
      sinceMs: -Infinity,
      isTaken: false,
      kept: Promise.resolve(),
    };
    for (const [id, hint] of Object.entries(isJsonObject(options.state) ? options.state : {})) {
      if (!Number.isSafeInteger(Number(id)) || typeof hint !== "number") continue;
      this.#entries.set(Number(id), { ...restored, hint });
    }
  }

  /** Resolves once the object is in the state, or has been read. Beyond a thousand objects, it is left to the polls. */
  add({ id, hint, canWait = false }: TouchedObject): Promise<void> {
    const known = this.#entries.get(id);
    if (!known && this.#entries.size >= MOST_TOUCHED) {
      this.#leaveToPolls();
      return Promise.resolve();
    }
    const entry = known ?? this.#enter(id, hint);
    // Events come in any order: a start that one of them lacks is kept, and so is a deletion.
    entry.hint = Math.max(hint, entry.hint);
    entry.canWait = canWait && (known === undefined || known.canWait);
    entry.version += 1;
    if (entry.isTaken) entry.sinceMs = this.#options.clock.now();
    entry.isTaken = false;
    this.touch.touch();
    return entry.kept;
  }

  /** When the first of the objects that wait is to be read; Unix milliseconds. */
  get dueMs(): number {
    return Math.min(Infinity, ...this.#waiting().map(([, { sinceMs }]) => sinceMs + GATHERING_MS));
  }

  get isDue(): boolean {
    return this.waiting().some(({ isDue }) => isDue);
  }

  /** To be called when a run of the stream begins: what an earlier run took and did not read waits again. */
  begin(): void {
    for (const entry of this.#entries.values()) {
      entry.isTaken = false;
      entry.sinceMs = -Infinity;
    }
  }

  waiting(): WaitingObject[] {
    const nowMs = this.#options.clock.now();
    // The clock may have been set back since the event came.
    const isDue = ({ sinceMs }: Entry) => sinceMs + GATHERING_MS <= nowMs || sinceMs > nowMs;
    return this.#waiting().map(([id, entry]) => {
      const { hint, canWait } = entry;
      return { id, hint, canWait, isDue: isDue(entry) };
    });
  }

  /** Takes these of the objects that wait, or all of them. `undefined` when none of them waits. */
  take(ids?: ReadonlySet<number>): TouchedBatch | undefined {
    const taken = this.#waiting().filter(([id]) => ids?.has(id) ?? true);
    if (taken.length === 0) return undefined;
    const versions = new Map(taken.map(([id, { version }]) => [id, version]));
    for (const [, entry] of taken) entry.isTaken = true;
    return {
      objects: taken.map(([id, { hint }]) => ({ id, hint })),
      read: () => {
        for (const [id, version] of versions) this.#forget(id, version);
      },
    };
  }

  #waiting(): [id: number, entry: Entry][] {
    return [...this.#entries].filter(([, { isTaken }]) => !isTaken);
  }

  #enter(id: number, hint: number): Entry {
    const kept = this.#options.keep({ [id]: hint });
    const sinceMs = this.#options.clock.now();
    const entry = { hint, canWait: false, version: 0, sinceMs, isTaken: false, kept };
    this.#entries.set(id, entry);
    return entry;
  }

  #forget(id: number, version: number): void {
    if (this.#entries.get(id)?.version !== version) return;
    this.#entries.delete(id);
    void this.#options.keep({ [id]: null });
  }

  #leaveToPolls(): void {
    this.#left += 1;
    const nowMs = this.#options.clock.now();
    if (nowMs < this.#reportedMs + BETWEEN_REPORTS_MS) return;
    this.#reportedMs = nowMs;
    this.#options.log.warn(
      `Events name more objects than the request budget can read at once: ${this.#left} so far are left to the polls and re-reads.`,
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
