import type { Writable } from "node:stream";
import type { Environment } from "../../config/index.ts";
import { type Connector, connectorFor } from "../../connector.ts";
import { ConnectorError } from "../../errors.ts";
import { DONE, FAILED, STOPPED } from "../../shared/exit-codes.ts";
import { LineWriter, OutputLost } from "../../shared/line-writer.ts";
import { levelledLog, logText } from "../../shared/log.ts";
import type { Ports } from "../../shared/ports.ts";
import { Redactor } from "../../shared/redactor.ts";
import { isStop } from "../../shared/stop.ts";
import { catalog } from "./catalog.ts";
import { check, connectionStatus } from "./check.ts";
import { readCatalogFile, readConfigFile, readStateFile } from "./input.ts";
import { type AirbyteMessage, type AirbyteWriter, errorTrace } from "./output.ts";
import { read } from "./run.ts";
import { specification } from "./specification.ts";

/** One of the protocol's commands, with the paths of the files that it names. */
export type AirbyteCommand =
  | { readonly name: "spec" }
  | { readonly name: "check"; readonly config: string }
  | { readonly name: "discover"; readonly config: string }
  | { readonly name: "read"; readonly config: string; readonly catalog: string; readonly state?: string };

export interface AirbyteProtocolOptions {
  readonly env: Environment;
  readonly stdout: Writable;
  readonly ports: Omit<Ports, "log">;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
}

interface World {
  readonly connector: Connector;
  readonly writer: AirbyteWriter;
  readonly ports: Ports;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
}

/**
 * Answers one command of the Airbyte protocol and returns the exit code. Everything is a message on
 * standard output, logs and errors included.
 */
export async function runAirbyteProtocol(
  command: AirbyteCommand,
  options: AirbyteProtocolOptions,
): Promise<number> {
  const { env, stdout, ports, signal } = options;
  const writer = new LineWriter<AirbyteMessage>(stdout);
  const redactor = new Redactor();
  const log = levelledLog({ level: env.LOG_LEVEL, redactor }, "info", (level, message, fields) =>
    writer.push({ type: "LOG", log: { level: level.toUpperCase(), message: logText(message, fields) } }),
  );
  try {
    const connector = connectorFor(env, { ...ports, log }, redactor);
    return await answer(command, { connector, writer, ports: { ...ports, log }, redactor, signal });
  } catch (error) {
    if (isStop(error, signal) || error instanceof OutputLost) return STOPPED;
    if (command.name === "check" && error instanceof ConnectorError) {
      // A problem is an answer to `check`, and not a failure of the command.
      writer.push(connectionStatus([redactor.hide(error.message)]));
      return DONE;
    }
    writer.push(errorTrace({ error, nowMs: ports.clock.now(), redactor }));
    return FAILED;
  }
}

async function answer(command: AirbyteCommand, world: World): Promise<number> {
  switch (command.name) {
    case "spec":
      world.writer.push(specification());
      return DONE;
    case "check":
      world.writer.push(await check(command.config, world.connector, world.signal));
      return DONE;
    case "discover":
      world.connector.checkConfig(await readConfigFile(command.config));
      world.writer.push(catalog());
      return DONE;
    case "read": {
      const config = await readConfigFile(command.config);
      const streams = await readCatalogFile(command.catalog);
      const states = await readStateFile(command.state, world.ports.log);
      return read({ ...world, config, streams, states });
    }
  }
}
