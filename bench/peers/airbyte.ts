import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTemporaryFolder } from "../support.ts";
import { type Peer, PeerProcess, type Reading } from "./peer.ts";

interface Catalog {
  readonly streams: readonly AirbyteStream[];
}

interface AirbyteStream {
  readonly name: string;
  readonly supported_sync_modes?: readonly string[];
  readonly source_defined_primary_key?: readonly (readonly string[])[];
}

/** Asks an Airbyte source for its catalog, and has it read one stream of it whole. */
export function readOverAirbyte(
  { command, config }: Peer,
  stream: string,
  env: Readonly<Record<string, string>>,
): Promise<Reading> {
  return inTemporaryFolder(async (folder) => {
    const file = (name: string, content: object) => {
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify(content));
      return path;
    };
    const configured = `--config ${file("config.json", config)}`;
    const catalog = await discover(`${command} discover ${configured}`, env);
    const found = catalog.streams.find(({ name }) => name === stream);
    if (!found) throw new Error(`its catalog has no stream ${stream}`);
    const chosen = file("catalog.json", { streams: [configuredStream(found)] });
    return read(`${command} read ${configured} --catalog ${chosen}`, env);
  });
}

function configuredStream(stream: AirbyteStream): object {
  return {
    stream,
    sync_mode: stream.supported_sync_modes?.includes("incremental") ? "incremental" : "full_refresh",
    destination_sync_mode: "append",
    primary_key: stream.source_defined_primary_key ?? [["id"]],
  };
}

async function discover(command: string, env: Readonly<Record<string, string>>): Promise<Catalog> {
  const source = new PeerProcess(command, env);
  try {
    for await (const message of source.messages())
      if (message.type === "CATALOG") return message.catalog as Catalog;
  } finally {
    await source.stop();
  }
  throw new Error("it answered discover without a catalog");
}

async function read(command: string, env: Readonly<Record<string, string>>): Promise<Reading> {
  const source = new PeerProcess(command, env);
  const keys: unknown[] = [];
  let seconds = 0;
  try {
    for await (const { type, record } of source.messages()) {
      if (type !== "RECORD") continue;
      keys.push((record as { data: { id: unknown } }).data.id);
      seconds = source.seconds;
    }
    return { keys, seconds, usage: source.usage };
  } finally {
    await source.stop();
  }
}
