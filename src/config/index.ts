export { type EndpointConfig, EndpointSchema, parseEndpointConfig } from "./endpoint.ts";
export {
  type Environment,
  readCredentials,
  readOrigin,
  readRateWindowMs,
  sourceName,
} from "./environment.ts";
export { parseResourceConfig, parseStreamName, ResourceSchema } from "./resource.ts";
