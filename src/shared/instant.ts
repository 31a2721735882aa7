const DAY = /^(\d{4})-(\d\d)-(\d\d)/;
const TIME = /^[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?/;
const ZONE = /^ ?(?:[Zz]|UTC|GMT|([+-])(\d\d)(?::?(\d\d))?)$/;

/** As JSON Schema asks for with `format: date-time`. */
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

const MINUTE_MS = 60_000;

/**
 * The instant that a text names, in Unix milliseconds: a date and time as in RFC 3339 and in ISO 8601, or a day, which
 * stands for its first instant. Without a zone, both are in UTC. A leap second is the first second of the next minute.
 * Returns `undefined` for any other text, and for a day or a time that does not exist.
 */
export function parseInstant(text: string): number | undefined {
  const [date, year, month, day] = DAY.exec(text) ?? [];
  if (date === undefined) return undefined;
  const dayMs = dayOf(Number(year), Number(month), Number(day));
  if (date === text) return dayMs;
  const rest = text.slice(date.length);
  const [time = "", hours, minutes, seconds = "0", fraction = "0"] = TIME.exec(rest) ?? [];
  const offsetMs = time === "" ? undefined : offsetOf(rest.slice(time.length));
  if (dayMs === undefined || offsetMs === undefined || Number(hours) > 23 || Number(minutes) > 59)
    return undefined;
  const minuteMs = dayMs + (Number(hours) * 60 + Number(minutes)) * MINUTE_MS - offsetMs;
  if (Number(seconds) > 60 || (seconds === "60" && !isLastOfDay(minuteMs))) return undefined;
  return minuteMs + Number(seconds) * 1_000 + Math.floor(Number(`0.${fraction}`) * 1_000);
}

/** Whether the text is a date and time of RFC 3339, and names an instant. */
export function isRfc3339(text: string): boolean {
  return RFC_3339.test(text) && parseInstant(text) !== undefined;
}

function dayOf(year: number, month: number, day: number): number | undefined {
  // `Date.UTC` would read the years up to 99 as those of the twentieth century.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/** No zone is UTC. */
function offsetOf(zone: string): number | undefined {
  if (zone === "") return 0;
  const [match, sign, hours = "0", minutes = "0"] = ZONE.exec(zone) ?? [];
  if (match === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -MINUTE_MS : MINUTE_MS);
}

/** Leap seconds are inserted at the end of a day, UTC. */
function isLastOfDay(minuteMs: number): boolean {
  return new Date(minuteMs).toISOString().endsWith("T23:59:00.000Z");
}
