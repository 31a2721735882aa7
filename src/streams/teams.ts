import { nestedUser } from "./nested.ts";
import { documentSchema, isoInstant, list, text } from "./schema.ts";
import { snapshotStream } from "./snapshot.ts";
import { HOUR_MS } from "./source.ts";

/** Groups of users. Source: https://developer.aircall.io/api-references/#list-all-teams */
export const teams = snapshotStream({
  name: "teams",
  endpoint: { path: "/v1/teams", bodyKey: "teams", holds: "list" },
  keyField: "id",
  newestBy: "created_at",
  intervalMs: HOUR_MS,
  documentSchema: documentSchema(
    "Team",
    "id",
    { type: "integer", description: "ID of the team." },
    {
      direct_link: text("API address of the team."),
      name: text("Name of the team, unique in the company."),
      created_at: isoInstant("When the team was created."),
      users: list("Members of the team.", nestedUser("A member.")),
    },
  ),
});
