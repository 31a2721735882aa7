import { defineConfig } from "vitest/config";

/** The tests that `npm run test:mutation` runs: those of the folders that Stryker mutates, and of streams as a whole. */
export default defineConfig({
  test: {
    include: [
      "{src,test}/{engine,streams,aircall}/**/*.test.ts",
      "test/core/*.test.ts",
      "test/conformance/streams.test.ts",
      "test/property/*.test.ts",
    ],
    testTimeout: 60_000,
    isolate: false,
  },
});
