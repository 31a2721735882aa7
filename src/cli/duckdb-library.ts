import { ConfigError } from "../errors.ts";

/** What loading a library that is missing, or is for another platform, fails with. */
const NOT_LOADED: readonly unknown[] = ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND", "ERR_DLOPEN_FAILED"];

/** Imports what needs DuckDB's library. Throws a `ConfigError` that says how to install the library when it cannot be loaded. */
export async function withDuckDb<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!isAboutDuckDb(error)) throw error;
    const [reason] = error.message.split("\n");
    throw new ConfigError(
      `DuckDB's library cannot be loaded: ${reason}. Run "npm install" for this platform (${process.platform} ${process.arch}), without --omit=optional or --no-optional, in the folder of source-aircall. The other commands work without the library.`,
    );
  }
}

function isAboutDuckDb(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code, message } = error as NodeJS.ErrnoException;
  return /duckdb/i.test(message) && (NOT_LOADED.includes(code) || message.startsWith("Error loading duckdb"));
}
