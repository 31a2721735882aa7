import type { OpenStore } from "../store/index.ts";
import type { Answer } from "./questions.ts";

export type { Answer } from "./questions.ts";

/** Opens the store in a file; see `OpenStore`. DuckDB's library is loaded only then. */
export const openDuckDbStore: OpenStore = async (path, options) => {
  const { openDuckDbStore } = await import("./store.ts");
  return openDuckDbStore(path, options);
};

/** Asks a captured file a few questions. The file must not be open. Throws a `StoreError` if it cannot be opened. */
export async function answerQuestions(path: string): Promise<Answer[]> {
  const { answerQuestions } = await import("./questions.ts");
  return answerQuestions(path);
}
