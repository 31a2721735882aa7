import { existsSync, readFileSync } from "node:fs";
import { askFile } from "./files.ts";
import type { Ended } from "./program.ts";

/** What a run of the program has left behind. */
export interface Written {
  /** Captured objects, which hold links and people by design. */
  readonly documents: string;
  /** Everything else: logs, errors, state, other lines of standard output. */
  readonly others: string;
  /** The bytes of the file of a local capture. */
  readonly file: string;
}

export function writtenByFlow(ended: Ended): Written {
  return writtenInLines(ended, (line) => line.startsWith('{"captured"'));
}

/** By Airbyte's protocol, and by Singer's. */
export function writtenInRecords(ended: Ended): Written {
  return writtenInLines(ended, (line) => line.startsWith('{"type":"RECORD"'));
}

function writtenInLines({ stdout, stderr }: Ended, isDocument: (line: string) => boolean): Written {
  const lines = stdout.split("\n");
  return {
    documents: lines.filter(isDocument).join("\n"),
    others: [stderr, ...lines.filter((line) => !isDocument(line))].join("\n"),
    file: "",
  };
}

export async function writtenByCapture({ stdout, stderr }: Ended, path: string): Promise<Written> {
  if (!existsSync(path)) return { documents: "", others: stdout + stderr, file: "" };
  const bytes = readFileSync(path).toString("latin1");
  const state = await askFile(path, "SELECT * FROM source_aircall.state");
  const tables = await askFile(path, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'");
  const rows = await Promise.all(
    tables.map(({ table_name }) => askFile(path, `SELECT to_json(t)::VARCHAR FROM "${table_name}" t`)),
  );
  return { documents: JSON.stringify(rows), others: stdout + stderr + JSON.stringify(state), file: bytes };
}
