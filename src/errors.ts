/** What has to happen after an expected error. */
export type Recovery = "fix-config" | "wait-and-retry" | "stop-and-report";

/**
 * An expected error. Its message is for the person who runs the connector: it states what happened
 * and what to do, and never contains a secret. Any error of another class is a defect.
 */
export abstract class ConnectorError extends Error {
  abstract readonly recovery: Recovery;
}

/** A person has to change the configuration, an argument or the environment. */
export class ConfigError extends ConnectorError {
  override readonly name: string = "ConfigError";
  override readonly recovery = "fix-config";
}

/** Aircall does not accept the credentials. Nothing can be read until a person replaces them. */
export class CredentialsRefused extends ConfigError {
  override readonly name = "CredentialsRefused";
}

/** The local store cannot be opened or written until a person fixes its path, its permissions or the disk space. */
export class StoreError extends ConfigError {
  override readonly name = "StoreError";
}

/** The platform that runs the connector sent something that is not a valid request. */
export class BadRequest extends ConnectorError {
  override readonly name = "BadRequest";
  override readonly recovery = "stop-and-report";
}

/** No attempt at a request got a usable answer from Aircall. A later one may. */
export class SourceUnavailable extends ConnectorError {
  override readonly name = "SourceUnavailable";
  override readonly recovery = "wait-and-retry";
}

/**
 * The connection to Aircall was rejected for a reason that another attempt would meet again: a certificate, a
 * proxy, a redirect, or another protocol on the port.
 */
export class ConnectionRejected extends ConnectorError {
  override readonly name = "ConnectionRejected";
  override readonly recovery = "stop-and-report";
}

/** Aircall's answer contradicts what the connector relies on. The stream's run ends, because guessing could lose data. */
export class UnexpectedAnswer extends ConnectorError {
  override readonly name: string = "UnexpectedAnswer";
  override readonly recovery = "stop-and-report";
}

/** Aircall accepts the credentials, but refuses access to this endpoint. */
export class AccessRefused extends UnexpectedAnswer {
  override readonly name: string = "AccessRefused";
}

/** The account's plan does not include what a stream reads. Other streams are not concerned. */
export class NotInPlan extends AccessRefused {
  override readonly name = "NotInPlan";
}

/** Aircall does not know the ID, or no longer serves the path. */
export class NotFound extends UnexpectedAnswer {
  override readonly name = "NotFound";
}

/** Aircall does not accept what a request contains. The same request would be refused again. */
export class RequestInvalid extends UnexpectedAnswer {
  override readonly name = "RequestInvalid";
}

/** The requested page lies beyond the rows that the API serves for one query. */
export class BeyondReach extends UnexpectedAnswer {
  override readonly name = "BeyondReach";
}

/** An answer is larger than the connector reads. A smaller page may not be. */
export class AnswerTooLarge extends UnexpectedAnswer {
  override readonly name = "AnswerTooLarge";
}

/** A list has more rows than the API serves for one query. */
export class ListTooLong extends UnexpectedAnswer {
  override readonly name = "ListTooLong";

  constructor(path: string, rowsInReach: number) {
    super(`${path} has more rows than the ${rowsInReach} that Aircall lets one query reach.`);
  }
}

/** More rows share one second than the API serves for one query, and no query is narrower than a second. */
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
