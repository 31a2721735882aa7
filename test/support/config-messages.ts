import { expect } from "vitest";
import { ConfigError } from "../../src/errors.ts";

/** The message of the `ConfigError` that reading a config throws. */
export function messageOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return String(error);
  }
  throw new Error("nothing was thrown");
}
