/**
 * Another client of a DuckDB file, in a process of its own: `node store-reader.ts <path> <access mode>`. For each line on stdin, it
 * writes the status of the first call, or why the file cannot be opened.
 */

import { createInterface } from "node:readline";
import { DuckDBInstance } from "@duckdb/node-api";

const [path = "", accessMode = "READ_ONLY"] = process.argv.slice(2);

const opened = DuckDBInstance.create(path, { access_mode: accessMode }).then((instance) =>
  instance.connect(),
);

for await (const _ of createInterface({ input: process.stdin })) {
  const answer = await opened.then(
    async (connection) => {
      const result = await connection.runAndReadAll("SELECT status FROM calls ORDER BY id LIMIT 1");
      return String(result.value(0, 0));
    },
    (error: unknown) => String(error).split("\n", 1)[0],
  );
  process.stdout.write(`${answer}\n`);
}
process.exit(0);
