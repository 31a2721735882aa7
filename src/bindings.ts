import type { JsonObject } from "./shared/json.ts";
import { DEFAULT_SYNC_MODE } from "./spec.ts";
import { isOptional, type StreamName, type SyncMode, streamNames, streams } from "./streams/index.ts";

/** One of Flow's `discovered` bindings. */
export interface DiscoveredBinding {
  readonly recommendedName: StreamName;
  readonly resourceConfig: JsonObject;
  readonly documentSchema: JsonObject;
  readonly key: readonly string[];
  readonly resourcePath: readonly string[];
  /** For a stream that is captured only where it is asked for. */
  readonly disable?: true;
}

/** Every stream. No request is sent to the API. */
export function discover(): DiscoveredBinding[] {
  return streamNames.map((name) => {
    const { documentSchema, keyField } = streams[name];
    return {
      recommendedName: name,
      resourceConfig: { stream: name, syncMode: DEFAULT_SYNC_MODE },
      documentSchema,
      key: [`/${keyField}`],
      resourcePath: [name],
      ...(isOptional(name) && { disable: true }),
    };
  });
}

/** A binding of the stream, in the mode that discovery proposes unless another one is asked for. */
export function bindingFor(stream: StreamName, syncMode: SyncMode = DEFAULT_SYNC_MODE) {
  return { resourceConfig: { stream, syncMode }, stateKey: stream };
}
