import { patchBetween } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { isUnread, latestSpan, type UnreadSpans, withoutSpan } from "../calls/unread.ts";
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

  /** Whether calls that started at an instant are left; Unix seconds. */
  isLeft(seconds: number): boolean {
    return isUnread(this.#unread, seconds, seconds);
  }

  /** All calls of a span have been asked. Returns the patch of the state. */
  asked(span: Span, nowSeconds: number): JsonObject {
    const before = this.#unread;
    const wasLeft = this.span !== undefined;
    this.#unread = withoutSpan(before, span);
    const patch = patchBetween({ unread: before }, { unread: this.#unread });
    return wasLeft && !this.span ? { ...patch, backfilledAt: nowSeconds } : patch;
  }
}
