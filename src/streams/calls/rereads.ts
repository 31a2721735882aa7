import type { Priority } from "../../aircall/index.ts";
import type { Json, JsonObject } from "../../shared/json.ts";
import { nowSeconds, type Source } from "../source.ts";
import { readWindow } from "../window.ts";
import { callList } from "./list.ts";
import {
  adjoiningAges,
  cursorOf,
  fittedCursors,
  isDue,
  type RereadCursors,
  rereadThrough,
} from "./reread-schedule.ts";
import { rereadAges } from "./schedule-state.ts";

/** A start may be corrected by a second after it has been read: cursors begin a second back. */
const SEAM_SECONDS = 1;

interface RereadPage {
  readonly rows: readonly Json[];
  /** When all calls of the rows had come to the age; Unix seconds. */
  readonly sinceSeconds: number;
  /** The merge patch of the schedule's state once all rows have been dealt with. */
  readonly patch: JsonObject;
}

/** Reads calls again when they come to the ages of the re-read schedule. */
export class Rereads {
  readonly #source: Source;
  readonly #priority: Priority;
  readonly #agesSeconds: readonly number[];
  #cursors: RereadCursors;

  constructor(source: Source, cursors: RereadCursors, priority: Priority) {
    this.#source = source;
    this.#priority = priority;
    this.#agesSeconds = rereadAges(source);
    this.#cursors = cursors;
  }

  /** Every call that started up to this instant has been read at all ages; Unix seconds. */
  get oldestCursorSeconds(): number {
    return Math.min(...Object.values(this.#cursors));
  }

  /**
   * Reads the calls again that have come to the age of a step, the oldest step first: calls that are read
   * for it need not be read for a younger one. Steps that adjoin, as after a pause, are read as one. Stops
   * where the last poll began, which has read anything newer; that is `polledThroughSeconds`.
   */
  async *due(polledThroughSeconds: () => number): AsyncGenerator<RereadPage> {
    this.#cursors = this.#fittedCursors(polledThroughSeconds());
    for (const age of this.#agesSeconds.toReversed()) {
      const now = polledThroughSeconds();
      if (!isDue(age, this.#cursors, now)) continue;
      const after = Math.max(cursorOf(age, this.#cursors) - SEAM_SECONDS, this.#source.startSeconds - 1);
      yield* this.#read(adjoiningAges(age, this.#cursors, now), after, now);
    }
  }

  /** Reads the calls after an instant for all of these ages at once, the oldest of which comes first. */
  async *#read(agesSeconds: readonly number[], after: number, now: number): AsyncGenerator<RereadPage> {
    const youngest = Math.min(...agesSeconds);
    const api = this.#source.api.for(purposeOf(agesSeconds), this.#priority);
    const list = callList(api, nowSeconds(this.#source));
    for await (const { rows, throughSeconds } of readWindow(list, after, now - youngest)) {
      for (const age of agesSeconds)
        this.#cursors = rereadThrough(this.#cursors, age, Math.min(throughSeconds, now - age));
      yield { rows, sinceSeconds: now, patch: { rungs: { ...this.#cursors } } };
    }
  }

  /** The cursors by the present clock: a clock that was fast may have left them in the future. */
  #fittedCursors(nowSeconds: number): RereadCursors {
    return fittedCursors(this.#agesSeconds, this.#cursors, nowSeconds, this.#source.startSeconds);
  }
}

function purposeOf(agesSeconds: readonly number[]): string {
  const [oldest, youngest] = [agesSeconds[0], agesSeconds.at(-1)].map((age) => `${Number(age) / 3600} h`);
  return oldest === youngest ? `re-read at ${oldest}` : `re-read at ${oldest} down to ${youngest}`;
}
