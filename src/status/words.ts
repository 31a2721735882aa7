const SECOND_MS = 1_000;
const UNITS = [
  ["day", 86_400 * SECOND_MS],
  ["hour", 3_600 * SECOND_MS],
  ["minute", 60 * SECOND_MS],
  ["second", SECOND_MS],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** Such as `3 minutes ago`, `in 40 seconds`, or `now`; in the largest unit of which there are two, or that fits. */
export function fromNow(instantMs: number, nowMs: number): string {
  const distanceMs = instantMs - nowMs;
  const [unit, unitMs] =
    UNITS.find(([name, ms]) => Math.abs(distanceMs) >= (name === "second" ? ms : 2 * ms)) ?? [];
  return unit === undefined ? "now" : relative.format(Math.trunc(distanceMs / unitMs), unit);
}

const HIGHEST_WHOLE = 10_000;
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** An amount in few characters, for an axis. */
export function shortCount(value: number): string {
  return value < HIGHEST_WHOLE ? value.toLocaleString("en-US") : compact.format(value);
}

const DAY = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });
const WEEKDAY = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "short",
  day: "numeric",
  month: "short",
});

/** Such as `7 Nov`, UTC. */
export const dayOf = (instantMs: number): string => DAY.format(instantMs);

/** Such as `Sat 7 Nov`, UTC. */
export const weekdayOf = (instantMs: number): string => WEEKDAY.format(instantMs).replace(",", "");

/** Such as `09:00`, UTC. */
export const hourOf = (instantMs: number): string => new Date(instantMs).toISOString().slice(11, 16);
