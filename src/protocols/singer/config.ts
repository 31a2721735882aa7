import type { JsonObject } from "../../shared/json.ts";

/** A day, or an instant without a zone: Meltano leaves no more of a date that is written in YAML without quotes. */
const ZONELESS = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?)?$/;

/** The endpoint config as a runner hands it over: a start date without a zone is UTC, a day its first instant. */
export function endpointConfig(config: JsonObject): JsonObject {
  const { start_date: startDate } = config;
  if (typeof startDate !== "string") return config;
  const [zoneless, time] = ZONELESS.exec(startDate) ?? [];
  if (!zoneless) return config;
  return { ...config, start_date: time ? `${zoneless}Z` : `${zoneless}T00:00:00Z` };
}
