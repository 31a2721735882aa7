import type { Static } from "typebox";
import { ConfigError } from "../errors.ts";
import { type PersonalKind, personalKinds, type Redaction, type Redactions } from "../privacy/index.ts";
import type { PersonalDataSchema } from "../spec.ts";
import type { StreamName } from "../streams/index.ts";
import { parseStreamIn } from "./resource.ts";

const PROPERTY = "advanced.personal_data";

type PersonalDataConfig = Static<typeof PersonalDataSchema>;

/** How personal data is redacted, and in which streams. */
export interface PersonalData {
  readonly redactions: Redactions;
  readonly streams: ReadonlySet<StreamName> | "all";
}

/** An empty list of streams means all streams. Throws a `ConfigError` that names the invalid property. */
export function parsePersonalData(config: PersonalDataConfig = {}): PersonalData {
  const redactions = personalKinds.flatMap((kind): [PersonalKind, Redaction][] => {
    const how = config[kind] ?? "keep";
    if (how === "keep") return [];
    return [[kind, how === "drop" ? { how } : { how, key: parseHashKey(config.hash_key, kind) }]];
  });
  const streams = (config.streams ?? []).map((name) =>
    parseStreamIn("endpoint config", `${PROPERTY}.streams`, name),
  );
  return { redactions: new Map(redactions), streams: streams.length > 0 ? new Set(streams) : "all" };
}

function parseHashKey(key: string | undefined, kind: PersonalKind): string {
  if (!key) throw new ConfigError(`${PROPERTY}.hash_key is missing: ${PROPERTY}.${kind} cannot be hashed.`);
  return key;
}
