import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "emulator/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 120_000,
    // No test changes a module that another one reads, so that each worker loads the modules once.
    isolate: false,
    // Vitest leaves one core alone, which on two cores is half of them.
    maxWorkers: "100%",
  },
});
