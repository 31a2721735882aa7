import { globSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { isDeep } from "./test/support/draws.ts";

const files = globSync("{src,emulator,test,bench}/**/*.test.ts");

/** Tests that make more draws when asked to import what says how many. */
const drawn = files.filter((file) => readFileSync(file, "utf8").includes('support/draws.ts"'));

export default defineConfig({
  test: {
    include: isDeep ? drawn : files,
    testTimeout: isDeep ? 1_800_000 : 120_000,
    globalSetup: "test/support/postgres-setup.ts",
    execArgv: ["--expose-gc"],
    // No test changes a module that another one reads, so that each worker loads the modules once.
    isolate: false,
    // Vitest leaves one core alone, which on two cores is half of them.
    maxWorkers: "100%",
  },
});
