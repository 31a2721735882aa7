import type { OpenStore } from "../store/index.ts";

export { addressProblem, isServerAddress, schemaProblem } from "./address.ts";

/** Opens the store in a schema of a database; see `OpenStore`. The driver is loaded only then. */
export const openPostgresStore: OpenStore = async (address, options) => {
  const { openPostgresStore } = await import("./store.ts");
  return openPostgresStore(address, options);
};
