export { type EndpointConfig, parseEndpointConfig } from "./endpoint.ts";
export {
  type Environment,
  readCredentials,
  readOrigin,
  readRateWindowMs,
  sourceName,
} from "./environment.ts";
export { parseResourceConfig, parseStreamName } from "./resource.ts";
