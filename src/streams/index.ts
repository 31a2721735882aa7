export { MalformedRows } from "./malformed-rows.ts";
export { DigestMemory, remembering } from "./memory.ts";
export { isStreamName, type StreamName, streamNames, streams } from "./registry.ts";
export type { SyncMode } from "./source.ts";
