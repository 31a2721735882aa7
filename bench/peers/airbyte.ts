import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTemporaryFolder } from "../support.ts";
import { discover, type Environment, type Peer, PeerProcess, type Reading } from "./peer.ts";

interface Catalog {
  readonly streams: readonly {
    readonly name: string;
    readonly supported_sync_modes?: readonly string[];
    readonly source_defined_primary_key?: readonly (readonly string[])[];
  }[];
}

/** Discovers the catalog of an Airbyte source, and reads the whole of one stream. */
export function readOverAirbyte({ command, config }: Peer, name: string, env: Environment): Promise<Reading> {
  return inTemporaryFolder(async (folder) => {
    const file = (path: string, content: object) => {
      writeFileSync(join(folder, path), JSON.stringify(content));
      return join(folder, path);
    };
    const configured = `--config ${file("config.json", config)}`;
    const stream = await discover(`${command} discover ${configured}`, env, ({ type, catalog }) =>
      type === "CATALOG" ? (catalog as Catalog).streams.find((one) => one.name === name) : undefined,
    );
    const catalog = file("catalog.json", {
      streams: [
        {
          stream,
          sync_mode: stream.supported_sync_modes?.includes("incremental") ? "incremental" : "full_refresh",
          destination_sync_mode: "append",
          primary_key: stream.source_defined_primary_key ?? [["id"]],
        },
      ],
    });
    return read(`${command} read ${configured} --catalog ${catalog}`, env);
  });
}

async function read(command: string, env: Environment): Promise<Reading> {
  const source = new PeerProcess(command, env);
  const ids: unknown[] = [];
  let seconds = 0;
  try {
    for await (const { type, record } of source.messages()) {
      if (type !== "RECORD") continue;
      ids.push((record as { data: { id: unknown } }).data.id);
      seconds = source.seconds;
    }
    return { ids, seconds, usage: await source.stop() };
  } finally {
    await source.stop();
  }
}
