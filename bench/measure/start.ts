import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { BUNDLE, FLOW_COMMAND, IMAGE_ENVIRONMENT, inTemporaryFolder } from "../support.ts";

/** Seconds from the start of a process to its exit, one value per run. */
export interface Starts {
  /** Node with nothing to do, once before each of the following. */
  readonly bareSeconds: readonly number[];
  /** The whole command of the image, with the request on standard input. */
  readonly specSeconds: readonly number[];
  readonly discoverSeconds: readonly number[];
  /** Emulator included. */
  readonly demoSeconds: readonly number[];
}

const BARE = [process.execPath, "-e", "0"];

/** Processes that are compared run in turns, so that other load on the machine affects all of them alike. */
export async function measureStarts(starts: number, demos: number): Promise<Starts> {
  const bareSeconds: number[] = [];
  const specSeconds: number[] = [];
  const discoverSeconds: number[] = [];
  for (let run = 0; run < starts; run++) {
    bareSeconds.push(secondsOf(BARE));
    specSeconds.push(secondsOf(FLOW_COMMAND, { spec: {} }));
    discoverSeconds.push(secondsOf(FLOW_COMMAND, { discover: { config: {} } }));
  }
  const demoSeconds = await inTemporaryFolder(async (folder) =>
    Array.from({ length: demos }, (_, run) =>
      secondsOf([process.execPath, BUNDLE, "demo", "--to", join(folder, `${run}.duckdb`)]),
    ),
  );
  return { bareSeconds, specSeconds, discoverSeconds, demoSeconds };
}

function secondsOf([program = "", ...args]: readonly string[], request?: object): number {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    input: request ? `${JSON.stringify(request)}\n` : "",
    env: IMAGE_ENVIRONMENT,
  });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stderr}`);
  return (performance.now() - startedMs) / 1000;
}
