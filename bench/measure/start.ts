import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Sizes } from "../sizes.ts";
import { BUNDLE, FLOW_COMMAND, IMAGE_ENVIRONMENT, IMAGE_FLAGS, inTemporaryFolder } from "../support.ts";

/** Seconds from start to exit of whole processes, a value a run. */
export interface Starts {
  readonly bareSeconds: readonly number[];
  readonly specSeconds: readonly number[];
  readonly discoverSeconds: readonly number[];
  /** Emulator included. */
  readonly demoSeconds: readonly number[];
}

/** What a process does that is asked for nothing, with the image's flags. */
const BARE = [process.execPath, ...IMAGE_FLAGS, "-e", "0"];

/** Flow starts a process for every question it has. Those that are compared take turns, so that the machine's moods meet all alike. */
export async function measureStarts({ starts, demos }: Sizes): Promise<Starts> {
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
  const beganMs = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    input: request ? `${JSON.stringify(request)}\n` : "",
    env: IMAGE_ENVIRONMENT,
  });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stderr}`);
  return (performance.now() - beganMs) / 1000;
}
