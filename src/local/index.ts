export { captureIntoStore } from "./capture.ts";
export { type Answer, answerQuestions } from "./duckdb/index.ts";
export { openStore, placeOf } from "./open-store.ts";
export { claimFor } from "./owner.ts";
export { addressProblem, isServerAddress, schemaProblem } from "./postgres/index.ts";
export { CaptureProgress, type StreamProgress } from "./progress.ts";
export { keepSnapshots } from "./snapshots.ts";
export type { CapturedBlock, Store, TableSummary } from "./store/index.ts";
export { views } from "./views/index.ts";
