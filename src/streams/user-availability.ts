import { documentSchema, text } from "./schema.ts";
import { snapshotStream } from "./snapshot.ts";
import { MINUTE_MS } from "./source.ts";
import { WHOLE_LIST } from "./touched.ts";

/**
 * What each user is doing at the moment. The stream's name has been misspelt since its first
 * version, and collections in use carry it.
 * Source: https://developer.aircall.io/api-references/#retrieve-list-of-users-availability
 */
export const userAvailability = snapshotStream({
  name: "user_availablity",
  endpoint: { path: "/v1/users/availabilities", bodyKey: "users", holds: "list" },
  keyField: "id",
  touchedBy: ({ event }) => (event.startsWith("user.") ? WHOLE_LIST : undefined),
  intervalMs: 5 * MINUTE_MS,
  documentSchema: documentSchema(
    "User Availability",
    "id",
    { type: "integer", description: "ID of the user." },
    {
      availability: text("available, offline, do_not_disturb, in_call or after_call_work."),
    },
  ),
});
