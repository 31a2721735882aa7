import { documentSchema, integer } from "./schema.ts";
import { COMPANY, snapshotStream } from "./snapshot.ts";
import { HOUR_MS } from "./source.ts";

/**
 * The company itself, which has no ID: a new name deletes the document of the old one.
 * Source: https://developer.aircall.io/api-references/#retrieve-a-company
 */
export const company = snapshotStream({
  name: "company",
  endpoint: COMPANY,
  keyField: "name",
  intervalMs: HOUR_MS,
  documentSchema: documentSchema(
    "Company",
    "name",
    { type: "string", description: "Name of the company." },
    {
      users_count: integer("How many users the company has."),
      numbers_count: integer("How many numbers the company has."),
    },
  ),
});
