import fc from "fast-check";
import { expect, test } from "vitest";
import { isUnread, readWithin, withSpan } from "./unread.ts";

test("whatever is unread, the rest of a span has been read, each second once and the earliest first", () => {
  const span = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 15 })).map(([after, length]) => ({
    after,
    until: after + length,
  }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 5 }), span, (unread, whole) => {
      const spans = unread.reduce(withSpan, {});
      const read = readWithin(spans, whole).flatMap(({ after, until }) =>
        Array.from({ length: until - after }, (_, index) => after + 1 + index),
      );
      const all = Array.from({ length: whole.until - whole.after }, (_, index) => whole.after + 1 + index);
      expect(read).toEqual(all.filter((second) => !isUnread(spans, second, second)));
    }),
  );
});
