import type { Connector } from "../../connector.ts";
import { ConfigError, ConnectorError } from "../../errors.ts";
import { isJsonObject } from "../../shared/json.ts";
import { repeated } from "../shared/catalog.ts";
import type { ValidateRequest } from "./input.ts";
import type { Response } from "./output.ts";

/**
 * Answers a `validate` request: the credentials work, and every bound stream can be read. Throws one
 * `ConfigError` with all problems that it finds.
 */
export async function validate(
  { config, bindings = [] }: ValidateRequest,
  connector: Connector,
  signal: AbortSignal,
): Promise<Response> {
  const problems = new Problems();
  const streams = bindings.flatMap(({ resourceConfig }) =>
    problems.collect(() => connector.readResource(resourceConfig).stream),
  );
  const again = new Set(repeated(streams, (stream) => stream));
  problems.addAll([...again].map((stream) => `More than one binding captures ${stream}.`));
  problems.addAll(await connector.problems(config, [...new Set(streams)], signal));
  problems.throwIfAny();
  return {
    validated: {
      bindings: bindings.map(({ resourceConfig }) => ({ resourcePath: resourcePath(resourceConfig) })),
    },
  };
}

class Problems {
  readonly #sentences: string[] = [];

  /** Returns the result of the work; nothing when the work throws a `ConnectorError`, which is collected. */
  collect<T>(work: () => T): T[] {
    try {
      return [work()];
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      this.#sentences.push(error.message);
      return [];
    }
  }

  addAll(sentences: readonly string[]): void {
    this.#sentences.push(...sentences);
  }

  throwIfAny(): void {
    if (this.#sentences.length > 0) throw new ConfigError(this.#sentences.join(" "));
  }
}

/** The strings at the pointers `/namespace` and `/stream`. The control plane computes the same path. */
function resourcePath(resourceConfig: unknown): string[] {
  if (!isJsonObject(resourceConfig)) return [];
  return [resourceConfig.namespace, resourceConfig.stream].filter((part) => typeof part === "string");
}
