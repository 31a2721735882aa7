export { parseDurationMs } from "./duration.ts";
export { type EndpointConfig, parseEndpointConfig } from "./endpoint.ts";
export {
  type Environment,
  type EventsPort,
  isLoopback,
  type Pace,
  readEventsPort,
  readOrigin,
  readPace,
  sourceName,
} from "./environment.ts";
export { localConfig } from "./local.ts";
export { nestedConfig, unknownProperties } from "./nesting.ts";
export { readProxy } from "./proxy.ts";
export {
  parseResourceConfig,
  parseStreamName,
  type ResourceConfig,
  unknownResourceProperties,
} from "./resource.ts";
export {
  configFromVariables,
  endpointSettings,
  type Setting,
  settingsOnlyInVariables,
  unknownVariables,
  variableOf,
} from "./settings.ts";
export { refuseFutureStart } from "./start-date.ts";
