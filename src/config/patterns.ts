import type { JsonObject } from "../shared/json.ts";
import { mapSchema } from "../shared/json-schema.ts";

/**
 * A schema without its patterns. Patterns are for forms: here, a format or a parser reports in words what does not fit.
 */
export function withoutPatterns<Schema>(schema: Schema): Schema {
  return mapSchema(schema as JsonObject, ({ pattern: _, ...others }) => others) as Schema;
}
