export type { AircallEvent } from "./aircall-event.ts";
export { bindStream } from "./bind.ts";
export { EMPTY_FOR_MS } from "./emptiness.ts";
export { type Company, readCompany } from "./identity.ts";
export { isStreamName, type StreamName, streamNames, streams } from "./registry.ts";
export type { SyncMode } from "./source.ts";
