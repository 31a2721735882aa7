export { captureIntoStore } from "./capture.ts";
export { openDuckDbStore } from "./duckdb/index.ts";
export { CaptureProgress, type StreamProgress } from "./progress.ts";
export type { Store } from "./store.ts";
