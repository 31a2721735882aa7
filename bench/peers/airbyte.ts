import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTemporaryFolder } from "../support.ts";
import {
  answersOf,
  type Emitted,
  isCompared,
  keyOf,
  messagesOf,
  type Peer,
  PeerProcess,
  type Reading,
  type Run,
} from "./peer.ts";

interface Stream {
  readonly name: string;
  readonly supported_sync_modes?: readonly string[];
  readonly source_defined_primary_key?: readonly (readonly string[])[];
}

interface State {
  readonly type?: string;
  readonly stream?: { readonly stream_descriptor: { readonly name: string } };
  readonly data?: unknown;
}

/** Discovers the catalog of an Airbyte source, and reads its streams. */
export function readOverAirbyte({ command, config }: Peer, run: Run): Promise<Reading> {
  return inTemporaryFolder(async (folder) => {
    const file = (name: string, content: unknown) => {
      writeFileSync(join(folder, name), JSON.stringify(content));
      return join(folder, name);
    };
    const configured = `--config ${file("config.json", config)}`;
    const messages = await answersOf(`${command} discover ${configured}`, run.env, [], messagesOf);
    const catalog = messages.find(({ type }) => type === "CATALOG")?.catalog as
      | { streams: Stream[] }
      | undefined;
    if (!catalog) throw new Error("it discovered no catalog");
    const streams = catalog.streams.filter(({ name }) => isCompared(name));
    const selected = file("catalog.json", { streams: streams.map(configuredStream) });
    const state = run.state ? ` --state ${file("state.json", run.state)}` : "";
    const source = new PeerProcess(`${command} read ${configured} --catalog ${selected}${state}`, run.env);
    return read(
      source,
      streams.map(({ name }) => name),
    );
  });
}

function configuredStream(stream: Stream) {
  const isIncremental = stream.supported_sync_modes?.includes("incremental");
  return {
    stream,
    sync_mode: isIncremental ? "incremental" : "full_refresh",
    destination_sync_mode: isIncremental ? "append_dedup" : "overwrite",
    primary_key: stream.source_defined_primary_key ?? [["id"]],
  };
}

async function read(source: PeerProcess, streams: readonly string[]): Promise<Reading> {
  const emitted: Emitted[] = [];
  const states = new Map<string, State>();
  let seconds = 0;
  try {
    for await (const { type, record, state } of source.messages()) {
      if (type === "STATE") states.set((state as State).stream?.stream_descriptor.name ?? "", state as State);
      if (type !== "RECORD") continue;
      const { stream, data } = record as { stream: string; data: Record<string, unknown> };
      emitted.push({ stream, key: keyOf(data), isDeletion: Boolean(data._ab_cdc_deleted_at) });
      seconds = source.seconds;
    }
    const state = stateFile([...states.values()]);
    return { streams, emitted, state, seconds, usage: await source.stop(), problem: source.problem };
  } finally {
    await source.stop();
  }
}

/** Sources of the first protocol have one object for all streams; later ones a list with an entry for each. */
function stateFile(states: readonly State[]): unknown {
  const [first] = states;
  return first?.type ? states : first?.data;
}
