import type { Endpoint } from "../aircall/index.ts";
import { documentSchema, flag, integer, isoInstant, text } from "./schema.ts";
import { snapshotStream } from "./snapshot.ts";
import { HOUR_MS } from "./source.ts";
import { WHOLE_LIST } from "./touched.ts";

export const USERS: Endpoint = { path: "/v2/users", bodyKey: "users", holds: "list" };

/**
 * The company's agents and admins. Only version 2 of the list is left: version 1 was removed on
 * 2026-09-30. Source: https://developer.aircall.io/api-references/#list-all-users-v2
 */
export const users = snapshotStream({
  name: "users",
  endpoint: USERS,
  companyCount: "users_count",
  keyField: "id",
  newestBy: "created_at",
  touchedBy: ({ event }) => (event.startsWith("user.") ? WHOLE_LIST : undefined),
  intervalMs: HOUR_MS,
  documentSchema: documentSchema(
    "User",
    "id",
    { type: "integer", description: "ID of the user." },
    {
      direct_link: text("API address of the user."),
      name: text("Full name."),
      email: text("Email address."),
      available: flag("Whether the user can take a call."),
      availability_status: text("Availability in broad terms: available, custom or unavailable."),
      substatus: text("The reason that the user chose for being away."),
      state: text("Working state of the user."),
      extension: text("Internal extension."),
      created_at: isoInstant("When the user was created."),
      time_zone: text("IANA name of the user's time zone."),
      language: text("IETF tag of the user's language."),
      wrap_up_time: integer("Seconds of wrap-up time after a call."),
      default_number_id: integer("ID of the number that the user calls from by default."),
    },
  ),
});
