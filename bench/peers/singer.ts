import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTemporaryFolder } from "../support.ts";
import {
  answersOf,
  type Emitted,
  isCompared,
  keyOf,
  type Peer,
  PeerProcess,
  type Reading,
  type Run,
} from "./peer.ts";

interface Entry {
  readonly tap_stream_id: string;
  readonly stream?: string;
  readonly schema?: object;
  readonly metadata?: readonly { readonly breadcrumb: readonly string[]; readonly metadata: object }[];
}

/** Discovers the catalog of a Singer tap, and reads its streams. */
export function readOverSinger({ command, config }: Peer, run: Run): Promise<Reading> {
  return inTemporaryFolder(async (folder) => {
    const file = (name: string, content: unknown) => {
      writeFileSync(join(folder, name), JSON.stringify(content));
      return join(folder, name);
    };
    const configured = `--config ${file("config.json", config)}`;
    const streams = await discover(`${command} ${configured} --discover`, run.env);
    const catalog = file("catalog.json", { streams: streams.map(selected) });
    const state = run.state ? ` --state ${file("state.json", run.state)}` : "";
    const tap = new PeerProcess(`${command} ${configured} --catalog ${catalog}${state}`, run.env);
    return read(
      tap,
      streams.map(({ tap_stream_id, stream }) => stream ?? tap_stream_id),
    );
  });
}

/** The streams that are compared. A catalog is one JSON value, on one line or on many. */
async function discover(command: string, env: Run["env"]): Promise<readonly Entry[]> {
  const lines = await answersOf(command, env, [], (tap) => tap.lines());
  const { streams } = JSON.parse(lines.join("\n")) as { streams: Entry[] };
  return streams.filter(({ tap_stream_id }) => isCompared(tap_stream_id));
}

/** Both ways of selecting a stream that are in use. */
function selected(entry: Entry) {
  const others = (entry.metadata ?? []).filter(({ breadcrumb }) => breadcrumb.length > 0);
  const own = entry.metadata?.find(({ breadcrumb }) => breadcrumb.length === 0)?.metadata;
  return {
    ...entry,
    schema: { ...entry.schema, selected: true },
    metadata: [...others, { breadcrumb: [], metadata: { ...own, selected: true } }],
  };
}

async function read(tap: PeerProcess, streams: readonly string[]): Promise<Reading> {
  const emitted: Emitted[] = [];
  let seconds = 0;
  let state: unknown;
  try {
    for await (const message of tap.messages()) {
      if (message.type === "STATE") state = message.value;
      if (message.type !== "RECORD") continue;
      const { stream, record } = message as { stream: string; record: Record<string, unknown> };
      emitted.push({ stream, key: keyOf(record), isDeletion: Boolean(record._sdc_deleted_at) });
      seconds = tap.seconds;
    }
    return { streams, emitted, state, seconds, usage: await tap.stop(), problem: tap.problem };
  } finally {
    await tap.stop();
  }
}
