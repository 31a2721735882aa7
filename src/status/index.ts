export { type StatusAddress, StatusServer } from "./server.ts";
