import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Accounts, withAccounts } from "../process/accounts.ts";
import { FlowSession } from "../process/flow-session.ts";
import type { Sizes } from "../sizes.ts";
import { IMAGE_FLAGS, inTemporaryFolder } from "../support.ts";
import { type CpuProfile, type ProfileShare, summary } from "./profile-summary.ts";

/** Where the CPU time of a Flow session goes, the largest share first. */
export interface Profile {
  readonly calls: number;
  readonly modules: readonly ProfileShare[];
  readonly functions: readonly ProfileShare[];
}

const SOURCE = new URL("../../src/main.ts", import.meta.url).pathname;

/** Profiles the source as it is, since the names in the bundle are shortened. */
export async function measureProfile({ profiledCalls }: Sizes): Promise<Profile> {
  return withAccounts(profiledCalls, 1, (accounts) => profileSession(accounts));
}

function profileSession(accounts: Accounts): Promise<Profile> {
  return inTemporaryFolder(async (folder) => {
    const flags = [...IMAGE_FLAGS, "--cpu-prof", `--cpu-prof-dir=${folder}`];
    const session = new FlowSession([process.execPath, ...flags, SOURCE, "flow"], accounts.environment());
    try {
      await session.caughtUp();
    } finally {
      await session.stop();
    }
    const [file = ""] = readdirSync(folder);
    const profile = JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
    return { calls: session.documents, ...summary(profile) };
  });
}
