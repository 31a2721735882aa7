export { type EndpointConfig, parseEndpointConfig } from "./endpoint.ts";
export {
  type Environment,
  type Pace,
  readOrigin,
  readPace,
  sourceName,
} from "./environment.ts";
export { localConfig } from "./local.ts";
export { readProxy } from "./proxy.ts";
export { parseResourceConfig, parseStreamName } from "./resource.ts";
