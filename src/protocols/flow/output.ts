import type { Document } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";

/**
 * The responses of the Flow capture protocol, JSON codec. The runtime fails a capture for a field that
 * it does not know.
 */
export type Response =
  | { spec: SpecResponse }
  | { discovered: { bindings: readonly object[] } }
  | { validated: { bindings: { resourcePath: readonly string[] }[] } }
  | { applied: Record<string, never> }
  | { opened: { explicitAcknowledgements: boolean } }
  | { sourcedSchema: { binding: number; documentSchema: JsonObject } }
  | { captured: { binding: number; doc: Document } }
  | { checkpoint: { state: { updated: JsonObject; mergePatch: true } } };

interface SpecResponse {
  readonly protocol: 3032023;
  readonly documentationUrl: string;
}

/** `patch` is a merge patch (RFC 7396) of the connector state. */
export function checkpoint(patch: JsonObject): Response {
  return { checkpoint: { state: { updated: patch, mergePatch: true } } };
}
