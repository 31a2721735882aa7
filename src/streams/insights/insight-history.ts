import { patchBetween } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { latestSpan, type UnreadSpans } from "../calls/unread.ts";
import type { Span } from "../window.ts";
import { latestPart } from "./ages.ts";

/** What is left of the history, which is read from its end to its beginning. */
export class InsightHistory {
  readonly #startSeconds: number;
  #unread: UnreadSpans;

  /** Calls that started before `startSeconds` are not part of it; Unix seconds. */
  constructor(unread: UnreadSpans, startSeconds: number) {
    this.#unread = unread;
    this.#startSeconds = startSeconds;
  }

  /** The latest span that is left; `undefined` once the history has been read. */
  get span(): Span | undefined {
    return latestSpan(this.#unread, this.#startSeconds - 1);
  }

  /** The calls that are listed next. */
  get part(): Span | undefined {
    const { span } = this;
    return span && latestPart(span);
  }

  /** All calls of the latest span that started after an instant have been asked. Returns the patch of the state. */
  askedDownTo(seconds: number, nowSeconds: number): JsonObject {
    const before = this.#unread;
    const { after = seconds, until } = this.span ?? {};
    const { [String(until)]: _, ...others } = before;
    this.#unread = seconds > after ? { ...others, [seconds]: after } : others;
    const patch = patchBetween({ unread: before }, { unread: this.#unread });
    return this.span ? patch : { ...patch, backfilledAt: nowSeconds };
  }
}
