import type { Writable } from "node:stream";
import { type Environment, parseEndpointConfig, readOrigin, readRateWindowMs } from "../../config/index.ts";
import { Connector } from "../../connector.ts";
import { ConnectorError } from "../../errors.ts";
import { LineWriter } from "../../shared/line-writer.ts";
import { levelledLog, logText } from "../../shared/log.ts";
import type { Ports } from "../../shared/ports.ts";
import { streamNames } from "../../streams/index.ts";
import { catalog } from "./catalog.ts";
import { readCatalogFile, readConfigFile, readStateFile } from "./input.ts";
import { type AirbyteMessage, type AirbyteWriter, errorTrace } from "./output.ts";
import { read, STOPPED } from "./run.ts";
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
  readonly signal: AbortSignal;
}

/**
 * Answers one command of the Airbyte protocol and gives the exit code. Everything is a message on
 * standard output: the log too, and what goes wrong.
 */
export async function runAirbyteProtocol(
  command: AirbyteCommand,
  options: AirbyteProtocolOptions,
): Promise<number> {
  const { env, stdout, ports, signal } = options;
  const writer = new LineWriter<AirbyteMessage>(stdout);
  const log = levelledLog(env.LOG_LEVEL, "info", (level, message, fields) =>
    writer.push({ type: "LOG", log: { level: level.toUpperCase(), message: logText(message, fields) } }),
  );
  try {
    const allPorts = { ...ports, log };
    const connector = new Connector({
      ports: allPorts,
      origin: readOrigin(env),
      rateWindowMs: readRateWindowMs(env),
    });
    return await answer(command, { connector, writer, ports: allPorts, signal });
  } catch (error) {
    if (signal.aborted && !(error instanceof ConnectorError)) return STOPPED;
    if (command.name === "check" && error instanceof ConnectorError) {
      // That something is wrong is an answer too, and no failure of the command.
      writer.push(connectionStatus([error.message]));
      return 0;
    }
    writer.push(errorTrace(error, ports.clock.now()));
    return 1;
  }
}

async function answer(command: AirbyteCommand, world: World): Promise<number> {
  switch (command.name) {
    case "spec":
      world.writer.push(specification());
      return 0;
    case "check": {
      const config = await readConfigFile(command.config);
      const problems = await world.connector.problems(config, streamNames, world.signal);
      world.writer.push(connectionStatus(problems));
      return 0;
    }
    case "discover":
      parseEndpointConfig(await readConfigFile(command.config));
      world.writer.push(catalog());
      return 0;
    case "read": {
      const config = await readConfigFile(command.config);
      const streams = await readCatalogFile(command.catalog);
      const states = await readStateFile(command.state);
      return read({ ...world, config, streams, states });
    }
  }
}

function connectionStatus(problems: readonly string[]): AirbyteMessage {
  return {
    type: "CONNECTION_STATUS",
    connectionStatus:
      problems.length === 0 ? { status: "SUCCEEDED" } : { status: "FAILED", message: problems.join(" ") },
  };
}
