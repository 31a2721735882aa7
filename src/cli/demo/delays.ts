import type { Emulator, RecordedAttempt } from "../../../emulator/index.ts";
import type { CapturedBlock } from "../../local/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { digest, type StreamName } from "../../streams/index.ts";

/** A change of the account that is in the file. */
export interface CapturedChange {
  /** What happened, such as `call.answered`. */
  readonly event: string;
  readonly table: StreamName;
  readonly id: number | string;
  readonly happenedAtMs: number;
  /** From when it happened to the end of the commit with which the file shows it. */
  readonly delayMs: number;
}

type Happening = Pick<RecordedAttempt, "event" | "id" | "happenedAtMs">;

/** A row as it was committed last. */
interface Row {
  readonly digest: string;
  /** Of a call, in Unix seconds. */
  readonly startedAt: number;
  readonly committedMs: number;
}

const DELETED = "deleted";

/**
 * Measures how long after each change of an emulated account the file shows it. A row shows all changes of its object
 * when it is as the account would list it now, which a row that was read before a change and committed after it is not.
 * A change that makes no difference to the row, such as a call that is put on hold, is shown by the row of its event.
 */
export class Delays {
  /** In the order in which they were captured. */
  readonly captured: CapturedChange[] = [];
  readonly #emulator: Pick<Emulator, "truth" | "events">;
  readonly #onCaptured: (change: CapturedChange) => void;
  readonly #rows = new Map<string, Row>();
  /** When the rows of events and of statuses of messages were committed, by what they are about. */
  readonly #events = new Map<string, number>();
  #pending: Happening[] = [];
  #readAttempts = 0;

  constructor(
    emulator: Pick<Emulator, "truth" | "events">,
    onCaptured: (change: CapturedChange) => void = () => {},
  ) {
    this.#emulator = emulator;
    this.#onCaptured = onCaptured;
  }

  /** How many changes have been announced, and are not in the file yet. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** A commit has ended at this Unix millisecond. */
  committed(blocks: readonly CapturedBlock[], atMs: number): void {
    for (const { table, documents } of blocks)
      for (const document of documents) this.#note(table, document, atMs);
    this.settle();
  }

  /** Finds the changes that the file shows by now. */
  settle(): void {
    this.#pending.push(...this.#newHappenings());
    this.#pending = this.#pending.filter((happening) => !this.#isSettled(happening));
  }

  #note(table: string, { _meta, ...row }: CapturedBlock["documents"][number], committedMs: number): void {
    const { id, data, event, timestamp, updated_at: updatedAt, started_at: startedAt } = row;
    if (table === "events") {
      const about = (data as JsonObject).id;
      this.#events.set(`${event} ${about} ${timestamp}`, committedMs);
    } else if (table === "messages") {
      this.#events.set(`message ${id} ${Date.parse(String(updatedAt))}`, committedMs);
    } else {
      this.#rows.set(`${table} ${id}`, {
        digest: _meta.op === "d" ? DELETED : digest(row),
        startedAt: Number(startedAt ?? 0),
        committedMs,
      });
    }
  }

  /** What has been announced since the last call. */
  #newHappenings(): Happening[] {
    const { attempts, recent } = this.#emulator.events.record;
    const fresh = attempts - this.#readAttempts;
    this.#readAttempts = attempts;
    return recent.slice(Math.max(0, recent.length - fresh)).filter(({ status }) => status === 200);
  }

  #isSettled(happening: Happening): boolean {
    const { event, id, happenedAtMs } = happening;
    const table = tableOf(event);
    const shown = table === "messages" ? this.#messageCommit(happening) : this.#rowCommit(happening, table);
    if (!shown) return false;
    const change = { event, table: shown.table, id, happenedAtMs, delayMs: shown.atMs - happenedAtMs };
    this.captured.push(change);
    this.#onCaptured(change);
    return true;
  }

  #messageCommit({ id, happenedAtMs }: Happening): Shown | undefined {
    const atMs = this.#events.get(`message ${id} ${happenedAtMs}`);
    return atMs === undefined ? undefined : { table: "messages", atMs };
  }

  #rowCommit({ event, id, happenedAtMs }: Happening, table: RowTable): Shown | undefined {
    const row = this.#rows.get(`${table} ${id}`);
    if (row?.digest !== this.#digestNow(table, id, row)) return undefined;
    if (row && row.committedMs >= happenedAtMs) return { table, atMs: row.committedMs };
    const atMs = this.#events.get(`${event} ${id} ${Math.floor(happenedAtMs / 1000)}`);
    return atMs === undefined ? undefined : { table: "events", atMs };
  }

  /** Of the row that the account would list now. */
  #digestNow(table: RowTable, id: number | string, row: Row | undefined): string {
    // The start of a call is corrected by a second.
    const near = row && table === "calls" ? { from: `${row.startedAt - 3}`, to: `${row.startedAt + 3}` } : {};
    for (const listed of this.#emulator.truth(table, near) as IterableIterator<JsonObject>)
      if (listed.id === id) return digest(listed);
    return DELETED;
  }
}

interface Shown {
  readonly table: StreamName;
  readonly atMs: number;
}

type RowTable = "calls" | "contacts" | "users" | "user_availablity" | "numbers";

/** The table whose row shows what an event announces. */
function tableOf(event: string): RowTable | "messages" {
  const [family] = event.split(".");
  if (family === "call") return "calls";
  if (family === "contact") return "contacts";
  if (family === "number") return "numbers";
  if (family !== "user") return "messages";
  return /\.(created|deleted)/.test(event) ? "users" : "user_availablity";
}

/** The value that so many percent of the delays do not exceed; `undefined` without any. */
export function percentileMs(changes: readonly CapturedChange[], percent: number): number | undefined {
  const sorted = changes.map(({ delayMs }) => delayMs).sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}
