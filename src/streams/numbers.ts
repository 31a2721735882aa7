import { nestedUser, numberFields } from "./nested.ts";
import { documentSchema, list } from "./schema.ts";
import { snapshotStream } from "./snapshot.ts";
import { HOUR_MS } from "./source.ts";
import { WHOLE_LIST } from "./touched.ts";

/** The company's phone lines. Source: https://developer.aircall.io/api-references/#list-all-numbers */
export const numbers = snapshotStream({
  name: "numbers",
  endpoint: { path: "/v1/numbers", bodyKey: "numbers", holds: "list" },
  companyCount: "numbers_count",
  keyField: "id",
  newestBy: "created_at",
  touchedBy: ({ event }) => (event.startsWith("number.") ? WHOLE_LIST : undefined),
  intervalMs: HOUR_MS,
  documentSchema: documentSchema(
    "Number",
    "id",
    { type: "integer", description: "ID of the number." },
    { ...numberFields, users: list("Users who take calls on the number.", nestedUser("A user.")) },
  ),
});
