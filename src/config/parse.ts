import type { Static } from "typebox";
import type { XSchema } from "typebox/schema";
import { ConfigError } from "../errors.ts";
import { faultsIn } from "../shared/faults.ts";

/** The value, once it is known to fit the schema. Throws a `ConfigError` that names what does not. */
export function parseConfig<const Schema extends XSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): Static<Schema> {
  const faults = faultsIn(schema, value);
  if (faults.length > 0) throw new ConfigError(`The ${what} is not valid: ${faults.join("; ")}.`);
  return value as Static<Schema>;
}
