import { mix } from "../random.ts";
import type { PhoneNumber, User } from "./directory.ts";
import { SECONDS_PER_MINUTE } from "./time.ts";
import { localTime } from "./zones.ts";

export type Availability = "available" | "offline" | "do_not_disturb" | "in_call" | "after_call_work";

/** Availabilities and opening hours change at multiples of this. */
export const ACTIVITY_SECONDS = 10 * SECONDS_PER_MINUTE;

/** Users work from 8:00 to 18:00 local time on weekdays. Their activity changes every ten minutes. */
export function availabilityOf(user: User, nowSeconds: number): Availability {
  const { hour, isWeekend } = localTime(user.timeZone, nowSeconds);
  if (isWeekend || hour < 8 || hour >= 18 || user.substatus === "always_closed") return "offline";
  const activity = mix(user.id, Math.floor(nowSeconds / ACTIVITY_SECONDS)) % 10;
  if (activity < 5) return "available";
  if (activity < 8) return "in_call";
  return activity === 8 ? "after_call_work" : "do_not_disturb";
}

/** Lines are open from 9:00 to 18:00 local time on weekdays. */
export function isOpen(number: PhoneNumber, nowSeconds: number): boolean {
  const { hour, isWeekend } = localTime(number.timeZone, nowSeconds);
  return !isWeekend && hour >= 9 && hour < 18;
}
