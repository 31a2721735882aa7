import type { Connector } from "../../connector.ts";
import { listedStreamNames } from "../../streams/index.ts";
import { readConfigFile } from "./input.ts";
import type { AirbyteMessage } from "./output.ts";

/** Answers `check`: the credentials work, and every stream can be read. Throws as `readConfigFile`. */
export async function check(
  path: string,
  connector: Connector,
  signal: AbortSignal,
): Promise<AirbyteMessage> {
  return connectionStatus(await connector.problems(await readConfigFile(path), listedStreamNames, signal));
}

/** `problems` are sentences; none for a connection that works. */
export function connectionStatus(problems: readonly string[]): AirbyteMessage {
  return {
    type: "CONNECTION_STATUS",
    connectionStatus:
      problems.length === 0 ? { status: "SUCCEEDED" } : { status: "FAILED", message: problems.join(" ") },
  };
}
