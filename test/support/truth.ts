import { expect } from "vitest";
import { type Emulator, INSIGHT_NAMES, type StreamName } from "../../emulator/index.ts";
import { askFile } from "./files.ts";
import { lasting } from "./lasting.ts";

const KEY_FIELD: Partial<Record<StreamName, string>> = {
  company: "name",
  ...Object.fromEntries(INSIGHT_NAMES.map((name) => [name, "call_id"])),
};

type Row = Record<string, unknown>;

/** Holds a table of the file against what the emulator has, row by row and field by field. */
export async function expectTruth(path: string, emulator: Emulator, stream: StreamName): Promise<void> {
  expectRows(await askFile(path, `SELECT * FROM "${stream}"`), emulator, stream, plain);
}

/** Holds documents, one a key, against what the emulator has. */
export function expectDocuments(documents: Row[], emulator: Emulator, stream: StreamName): void {
  expectRows(documents, emulator, stream, withoutNulls);
}

function expectRows(
  rows: Row[],
  emulator: Emulator,
  stream: StreamName,
  read: (row: Row, truth: Row) => Row,
): void {
  const keyField = KEY_FIELD[stream] ?? "id";
  const byKey = new Map(rows.map((row) => [String(row[keyField]), row]));
  const truth = [...emulator.truth(stream)] as Row[];
  expect(byKey.size, `keys of ${stream}`).toBe(rows.length);
  const kept = truth.map((expected) => {
    const row = byKey.get(String(expected[keyField])) ?? {};
    return lasting(read(row, expected));
  });
  expect(kept, stream).toEqual(truth.map((expected) => lasting(withoutNulls(expected))));
  expect(rows.length, `rows of ${stream}`).toBe(truth.length);
}

/** DuckDB gives 64-bit integers and JSON as text, and says null for what is absent. */
function plain(row: Record<string, unknown>, expected: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([field, value]) => {
      const isText = typeof expected[field] === "string" || typeof value !== "string";
      return [field, isText ? value : JSON.parse(value)];
    }),
  );
}

function withoutNulls(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
