export type { AircallEvent } from "./aircall-event.ts";
export { bindStream, type StreamEvents } from "./bind.ts";
export type { StreamDefinition } from "./definition.ts";
export { digest } from "./digest.ts";
export { EMPTY_FOR_MS } from "./emptiness.ts";
export { type Company, readCompany } from "./identity.ts";
export {
  type InsightName,
  insightNames,
  isInsight,
  isListed,
  isOptional,
  isRequested,
  isStreamName,
  type ListedStreamName,
  listedStreamNames,
  type RequestedStreamName,
  requestedStreamNames,
  type StreamName,
  streamNames,
  streams,
} from "./registry.ts";
export { SharedObjects } from "./shared-objects.ts";
export type { SyncMode } from "./source.ts";
export { TouchedIds } from "./touched.ts";
