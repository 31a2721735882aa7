export { bindStream } from "./bind.ts";
export { isStreamName, type StreamName, streamNames, streams } from "./registry.ts";
export type { SyncMode } from "./source.ts";
