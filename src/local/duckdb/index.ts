export { openDuckDbStore } from "./store.ts";
