import type { Static } from "typebox";
import type { XSchema } from "typebox/schema";
import { faultsIn } from "./faults.ts";

/**
 * The value, with the type of the schema that it fits. Throws the error that `toError` makes of what
 * does not fit: the faults in one line, such as `streams.0.name is missing; limit must be >= 1`.
 */
export function validated<const Schema extends XSchema>(
  schema: Schema,
  value: unknown,
  toError: (faults: string) => Error,
): Static<Schema> {
  const faults = faultsIn(schema, value);
  if (faults.length > 0) throw toError(faults.join("; "));
  return value as Static<Schema>;
}

/** Whether the value fits the schema, and so has its type. */
export function fits<const Schema extends XSchema>(schema: Schema, value: unknown): value is Static<Schema> {
  return faultsIn(schema, value).length === 0;
}
