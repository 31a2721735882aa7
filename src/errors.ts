/** What should happen next, after an error that the program expects. */
export type Recovery = "fix-config" | "wait-and-retry" | "stop-and-report";

/**
 * An error that the program expects. Its message is for the person who runs the connector: what
 * happened, what to do, and never a secret. Anything else that is thrown is a defect of ours.
 */
export abstract class ConnectorError extends Error {
  abstract readonly recovery: Recovery;
}

/** The configuration, an argument or the environment must be changed by a person first. */
export class ConfigError extends ConnectorError {
  override readonly name: string = "ConfigError";
  override readonly recovery = "fix-config";
}

/** Aircall does not know the credentials: nothing can be read until they are replaced. */
export class CredentialsRefused extends ConfigError {
  override readonly name = "CredentialsRefused";
}

/** The local store cannot be opened or written until a person has made room, rights or way for it. */
export class StoreError extends ConfigError {
  override readonly name = "StoreError";
}

/** Whoever drives the connector sent something that is no request, or not a valid one. */
export class BadRequest extends ConnectorError {
  override readonly name = "BadRequest";
  override readonly recovery = "stop-and-report";
}

/** Aircall did not answer, or not in a usable way, as often as it was asked. Later it may. */
export class SourceUnavailable extends ConnectorError {
  override readonly name = "SourceUnavailable";
  override readonly recovery = "wait-and-retry";
}

/** Aircall answered in a way that the connector must not guess about; the stream's run ends. */
export class UnexpectedAnswer extends ConnectorError {
  override readonly name: string = "UnexpectedAnswer";
  override readonly recovery = "stop-and-report";
}

/** The credentials are good, and this endpoint is still refused. */
export class AccessRefused extends UnexpectedAnswer {
  override readonly name = "AccessRefused";
}

/** Nothing is there: an ID that Aircall does not know, or a path that it no longer serves. */
export class NotFound extends UnexpectedAnswer {
  override readonly name = "NotFound";
}

/** The page that was asked for lies beyond the rows that the API lets one query reach. */
export class BeyondReach extends UnexpectedAnswer {
  override readonly name = "BeyondReach";
}

/** A list goes on beyond the rows that the API lets one query reach. */
export class ListTooLong extends UnexpectedAnswer {
  override readonly name = "ListTooLong";

  constructor(path: string, rowsInReach: number) {
    super(`${path} has more rows than the ${rowsInReach} that Aircall lets one query reach.`);
  }
}

/** More rows share one second than a query can reach, so no query can tell them apart. */
export class SecondTooFull extends UnexpectedAnswer {
  override readonly name = "SecondTooFull";

  constructor(listName: string, seconds: number) {
    const instant = new Date(seconds * 1000).toISOString();
    super(`More ${listName} share the second ${instant} than Aircall lets one query reach.`);
  }
}

/** The sentence that reports anything else than a `ConnectorError`. */
export function defectSentence(error: unknown): string {
  return `This is a defect of source-aircall: ${String(error)}. Please report it.`;
}
