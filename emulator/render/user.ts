import { availabilityOf } from "../account/availability.ts";
import type { User } from "../account/directory.ts";
import { isoDate } from "../account/time.ts";
import { directLink } from "./links.ts";

/** A row of the user list. */
export function renderUser(user: User, nowSeconds: number) {
  return {
    ...renderNestedUser(user, nowSeconds),
    direct_link: directLink(`/v2/users/${user.id}`),
    substatus: user.substatus,
    state: user.substatus === "always_open" ? "always_opened" : user.substatus,
    extension: user.extension,
    wrap_up_time: user.wrapUpSeconds,
    default_number_id: user.defaultNumberId,
  };
}

/** A user within a call, as the API returns it now. */
export function renderNestedUser(user: User, nowSeconds: number) {
  return {
    ...renderAuthor(user, nowSeconds),
    time_zone: user.timeZone,
    language: user.language,
  };
}

/** A user who wrote a comment or set a tag. */
export function renderAuthor(user: User, nowSeconds: number) {
  const availability = availabilityOf(user, nowSeconds);
  return {
    id: user.id,
    direct_link: directLink(`/v1/users/${user.id}`),
    name: user.name,
    email: user.email,
    available: availability === "available",
    availability_status: availability === "offline" ? "unavailable" : "available",
    created_at: isoDate(user.createdAtSeconds),
  };
}

/** A member of a team. */
export function renderMember(user: User, nowSeconds: number) {
  const { available: _, ...member } = renderNestedUser(user, nowSeconds);
  return { ...member, default_number_id: user.defaultNumberId };
}
