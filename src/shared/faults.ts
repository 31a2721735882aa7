import { Errors, type XSchema } from "typebox/schema";

type Fault = ReturnType<typeof Errors>[1][number];

/**
 * What is wrong with a value, in words that name each property that does not fit, such as
 * `advanced.requests_per_minute must be >= 1`. The value is not repeated: it may be a secret.
 */
export function faultsIn(schema: XSchema, value: unknown): string[] {
  const [, faults] = Errors(schema, value);
  return [...new Set(faults.filter(({ keyword }) => keyword !== "boolean").map(inWords))];
}

function inWords(fault: Fault): string {
  if (fault.keyword === "required") {
    const missing = fault.params.requiredProperties.map((name) => [fault.instancePath, name].join("/"));
    return `${missing.map(propertyName).join(", ")} is missing`;
  }
  if (fault.keyword === "additionalProperties") {
    const unknown = fault.params.additionalProperties.map((name) => [fault.instancePath, name].join("/"));
    return `${unknown.map(propertyName).join(", ")} is not a property that there is`;
  }
  if (fault.keyword === "enum") {
    const allowed = fault.params.allowedValues.map((value) => JSON.stringify(value));
    return `${propertyName(fault.instancePath)} must be one of ${allowed.join(", ")}`;
  }
  if (fault.keyword === "minLength") {
    const { limit } = fault.params;
    return `${propertyName(fault.instancePath)} ${limit === 1 ? "is empty" : `must have ${limit} characters or more`}`;
  }
  if (fault.keyword === "format" && fault.params.format === "date-time") {
    return `${propertyName(fault.instancePath)} must be a date and time such as 2026-01-31T00:00:00Z`;
  }
  if (fault.keyword === "format" && fault.params.format === "duration") {
    return `${propertyName(fault.instancePath)} must be an ISO 8601 duration such as PT5M`;
  }
  return `${propertyName(fault.instancePath)} ${fault.message}`;
}

/** `/advanced/requests_per_minute` as `advanced.requests_per_minute`. */
function propertyName(instancePath: string): string {
  return instancePath === "" ? "it" : instancePath.slice(1).replaceAll("/", ".");
}
