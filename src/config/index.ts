export { type EndpointConfig, parseEndpointConfig } from "./endpoint.ts";
export {
  type Environment,
  type Pace,
  readCredentials,
  readOrigin,
  readPace,
  sourceName,
} from "./environment.ts";
export { parseResourceConfig, parseStreamName } from "./resource.ts";
