import type { AircallReader, Endpoint } from "../aircall/index.ts";
import { ConnectorError } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Log } from "../shared/ports.ts";

/** So many failures in a row are no fault of single objects. */
const FAILURES_IN_A_ROW = 5;

/**
 * Reads objects one by one. An object that Aircall does not answer for does not stop the others, until the fifth
 * error in a row: that one is thrown, or all others count as `unanswered` where they are read again later anyway.
 */
export class SingleReads {
  readonly #reader: AircallReader;
  readonly #log: Log;
  readonly #isReadAgain: boolean;
  #failedInARow = 0;

  constructor(reader: AircallReader, log: Log, { isReadAgain = false } = {}) {
    this.#reader = reader;
    this.#log = log;
    this.#isReadAgain = isReadAgain;
  }

  /**
   * The body of the answer; `unknown` when Aircall does not know the object, and `unanswered` after an
   * error, which is logged. Throws on refused credentials.
   */
  async find(endpoint: Endpoint): Promise<JsonObject | "unknown" | "unanswered"> {
    if (this.#failedInARow >= FAILURES_IN_A_ROW) return "unanswered";
    try {
      const answer = await this.#reader.find(endpoint);
      this.#failedInARow = 0;
      return answer ?? "unknown";
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.recovery === "fix-config") throw error;
      this.#failedInARow += 1;
      if (this.#failedInARow >= FAILURES_IN_A_ROW && !this.#isReadAgain) throw error;
      this.#log.warn(`left to a later reading: ${error.message}`);
      return "unanswered";
    }
  }
}
