import { type Peer, PeerProcess, type Reading } from "./peer.ts";

interface DiscoveredBinding {
  readonly recommendedName: string;
  readonly resourceConfig: object;
  readonly documentSchema: object;
  readonly key: readonly string[];
}

/** A capture may go on for ever: it has read all there is when it has given nothing for so long after a checkpoint. */
const QUIET_MS = 5_000;

/** Asks a Flow capture for its bindings, and has it read one of them until nothing more comes. */
export async function readOverFlow(
  peer: Peer,
  stream: string,
  env: Readonly<Record<string, string>>,
  quietMs = QUIET_MS,
): Promise<Reading> {
  const binding = await discover(peer, stream, env);
  const session = new PeerProcess(peer.command, env);
  const keys: unknown[] = [];
  let seconds = 0;
  const quiet = new Quiet(quietMs, () => session.stop());
  session.send({ open: { capture: captureOf(peer, binding), version: "1", range: { keyEnd: 0xffffffff } } });
  try {
    for await (const { captured, checkpoint } of session.messages()) {
      if (checkpoint) quiet.begin();
      if (!captured) continue;
      quiet.end();
      const { doc } = captured as { doc: { id: unknown; _meta?: { op?: string } } };
      if (doc._meta?.op !== "d") keys.push(doc.id);
      seconds = session.seconds;
    }
  } catch (error) {
    if (!quiet.isOver) throw error;
  } finally {
    quiet.end();
    await session.stop();
  }
  return { keys, seconds, usage: session.usage };
}

async function discover(
  { command, config }: Peer,
  stream: string,
  env: Readonly<Record<string, string>>,
): Promise<DiscoveredBinding> {
  const process = new PeerProcess(command, env);
  process.send({ discover: { connectorType: "IMAGE", config } });
  process.endInput();
  try {
    for await (const { discovered } of process.messages()) {
      const { bindings } = (discovered ?? { bindings: [] }) as { bindings: DiscoveredBinding[] };
      const found = bindings.find(({ recommendedName }) => recommendedName === stream);
      if (found) return found;
    }
  } finally {
    await process.stop();
  }
  throw new Error(`it discovered no stream ${stream}`);
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

/** Does something once when nothing has happened for a while. */
class Quiet {
  readonly #afterMs: number;
  readonly #then: () => void;
  #timer: NodeJS.Timeout | undefined;
  isOver = false;

  constructor(afterMs: number, then: () => void) {
    this.#afterMs = afterMs;
    this.#then = then;
  }

  begin(): void {
    this.end();
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#then();
    }, this.#afterMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
