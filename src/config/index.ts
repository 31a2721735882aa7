export { type EndpointConfig, parseEndpointConfig, startDateProblem } from "./endpoint.ts";
export {
  type Environment,
  type Pace,
  readOrigin,
  readPace,
  sourceName,
} from "./environment.ts";
export { localConfig } from "./local.ts";
export { parseResourceConfig, parseStreamName } from "./resource.ts";
