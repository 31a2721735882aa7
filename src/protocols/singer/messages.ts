import type { JsonObject } from "../../shared/json.ts";
import type { StreamName } from "../../streams/index.ts";

/**
 * The messages of the Singer specification. `version` and ACTIVATE_VERSION are its extension for
 * tables that are read whole: a target removes the rows of the stream that have another version.
 */
export type SingerMessage =
  | {
      readonly type: "SCHEMA";
      readonly stream: StreamName;
      readonly schema: JsonObject;
      readonly key_properties: readonly string[];
      readonly bookmark_properties?: readonly string[];
    }
  | {
      readonly type: "RECORD";
      readonly stream: StreamName;
      readonly record: JsonObject;
      readonly version?: number;
      /** RFC 3339. */
      readonly time_extracted: string;
    }
  | { readonly type: "STATE"; readonly value: JsonObject }
  | { readonly type: "ACTIVATE_VERSION"; readonly stream: StreamName; readonly version: number };
