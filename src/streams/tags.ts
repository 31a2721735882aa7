import { documentSchema, text } from "./schema.ts";
import { snapshotStream } from "./snapshot.ts";
import { HOUR_MS } from "./source.ts";

/** Labels that agents put on calls. Source: https://developer.aircall.io/api-references/#list-all-tags */
export const tags = snapshotStream({
  name: "tags",
  endpoint: { path: "/v1/tags", bodyKey: "tags", holds: "list" },
  keyField: "id",
  intervalMs: HOUR_MS,
  documentSchema: documentSchema(
    "Tag",
    "id",
    { type: "integer", description: "ID of the tag." },
    {
      direct_link: text("API address of the tag."),
      name: text("Name of the tag."),
      color: text("Colour as a hexadecimal code."),
      description: text("What the tag is for; built-in tags have a machine-readable word."),
    },
  ),
});
