import { discover, type Environment, type Peer, PeerProcess, type Reading } from "./peer.ts";

interface DiscoveredBinding {
  readonly recommendedName: string;
  readonly resourceConfig: object;
  readonly documentSchema: object;
  readonly key: readonly string[];
}

interface Discovered {
  readonly bindings: readonly DiscoveredBinding[];
}

interface Captured {
  readonly doc: { readonly id: unknown; readonly _meta?: { readonly op?: string } };
}

/** A capture may follow changes forever: it has read everything when so long after a checkpoint nothing was captured. */
const QUIET_MS = 5_000;

/** Discovers the bindings of a Flow capture, and reads one of them until no more documents come. */
export async function readOverFlow(
  peer: Peer,
  name: string,
  env: Environment,
  quietMs = QUIET_MS,
): Promise<Reading> {
  const binding = await discover(
    peer.command,
    env,
    ({ discovered }) =>
      (discovered as Discovered | undefined)?.bindings.find((one) => one.recommendedName === name),
    { discover: { connectorType: "IMAGE", config: peer.config } },
  );
  const session = new PeerProcess(peer.command, env);
  const ids: unknown[] = [];
  let seconds = 0;
  let quiet: NodeJS.Timeout | undefined;
  session.send({ open: { capture: captureOf(peer, binding), version: "1", range: { keyEnd: 0xffffffff } } });
  try {
    for await (const { captured, checkpoint } of session.messages()) {
      if (!captured && !checkpoint) continue;
      clearTimeout(quiet);
      if (checkpoint) quiet = setTimeout(() => session.stop(), quietMs);
      if (!captured) continue;
      const { doc } = captured as Captured;
      if (doc._meta?.op !== "d") ids.push(doc.id);
      seconds = session.seconds;
    }
    return { ids, seconds, usage: await session.stop() };
  } finally {
    clearTimeout(quiet);
    await session.stop();
  }
}

function captureOf({ config }: Peer, binding: DiscoveredBinding): object {
  const name = `acmeCo/bench/${binding.recommendedName}`;
  const collection = { name, writeSchema: binding.documentSchema, key: binding.key };
  return {
    name: "acmeCo/bench/capture",
    connectorType: "IMAGE",
    config,
    intervalSeconds: 300,
    bindings: [{ resourceConfig: binding.resourceConfig, stateKey: binding.recommendedName, collection }],
  };
}
