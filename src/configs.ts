import { createHash } from "node:crypto";
import {
  type EndpointConfig,
  nestedConfig,
  parseEndpointConfig,
  parseResourceConfig,
  type ResourceConfig,
  refuseFutureStart,
  unknownProperties,
  unknownResourceProperties,
} from "./config/index.ts";
import type { Ports } from "./shared/ports.ts";
import { type Redactor, secretsIn } from "./shared/redactor.ts";
import { EndpointSchema } from "./spec.ts";

const KEY_MARK_LENGTH = 16;

/** Reads the configs that come to one process. Their secrets are hidden from then on, and what is not used is reported once. */
export class Configs {
  readonly #ports: Pick<Ports, "clock" | "log">;
  readonly #redactor: Redactor;
  readonly #reported = new Set<string>();

  constructor(ports: Pick<Ports, "clock" | "log">, redactor: Redactor) {
    this.#ports = ports;
    this.#redactor = redactor;
  }

  /** Throws a `ConfigError` for an invalid endpoint config. */
  readEndpoint(config: unknown): EndpointConfig {
    const nested = nestedConfig(config);
    this.#redactor.add(secretsIn(EndpointSchema, nested));
    this.#reportUnknown("endpoint config", unknownProperties(nested));
    const parsed = parseEndpointConfig(nested);
    refuseFutureStart("endpoint config", parsed.startSeconds, this.#nowSeconds);
    return parsed;
  }

  /** Throws a `ConfigError` for an invalid resource config. */
  readResource(config: unknown): ResourceConfig {
    const resource = parseResourceConfig(config);
    if (resource.startSeconds !== undefined)
      refuseFutureStart("resource config", resource.startSeconds, this.#nowSeconds);
    return resource;
  }

  /** As `readResource`, for a capture: reports what it does not use. */
  readUsedResource(config: unknown): ResourceConfig {
    const resource = this.readResource(config);
    this.#reportUnknown(`resource config of ${resource.stream}`, unknownResourceProperties(config));
    return resource;
  }

  get #nowSeconds(): number {
    return Math.floor(this.#ports.clock.now() / 1000);
  }

  #reportUnknown(what: string, properties: readonly string[]): void {
    const unknown = properties.filter((property) => !this.#reported.has(`${what} ${property}`));
    if (unknown.length === 0) return;
    for (const property of unknown) this.#reported.add(`${what} ${property}`);
    this.#ports.log.warn(
      `The ${what} has properties that the connector does not know and does not use: ${unknown.join(", ")}.`,
    );
  }
}

/** A digest of the API ID, from which the ID cannot be derived. */
export function keyMarkOf({ apiId }: EndpointConfig): string {
  return createHash("sha256").update(apiId).digest("base64url").slice(0, KEY_MARK_LENGTH);
}
