import type { AircallReader, Endpoint } from "../aircall/index.ts";
import { ConnectorError } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Log } from "../shared/ports.ts";

/** What fails for so many objects one after the other is not about one of them. */
const FAILURES_IN_A_ROW = 5;

/** Reads objects one by one. That Aircall will not answer for one of them is no reason to leave out the others. */
export class SingleReads {
  readonly #reader: AircallReader;
  readonly #log: Log;
  #failedInARow = 0;

  constructor(reader: AircallReader, log: Log) {
    this.#reader = reader;
    this.#log = log;
  }

  /**
   * The answer; `unknown` when Aircall does not know the object, and `unanswered` when it does not say, which
   * is reported. Throws when the credentials are refused, and what it last met when that was nothing else for long.
   */
  async find(endpoint: Endpoint): Promise<JsonObject | "unknown" | "unanswered"> {
    try {
      const answer = await this.#reader.find(endpoint);
      this.#failedInARow = 0;
      return answer ?? "unknown";
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.recovery === "fix-config") throw error;
      this.#failedInARow += 1;
      if (this.#failedInARow >= FAILURES_IN_A_ROW) throw error;
      this.#log.warn(`left to a later reading: ${error.message}`);
      return "unanswered";
    }
  }
}
