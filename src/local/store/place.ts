/** Where a store is. */
export interface Place {
  /** As messages name it: `aircall.duckdb`, or `postgres://ada@db.example.com/crm (schema aircall)`. */
  readonly name: string;
  /** What has the tables, and what another store would be. */
  readonly kind: "file" | "schema";
  /** The same for programs. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The schema of a database on a server, unless another one is named. */
export const DEFAULT_SCHEMA = "aircall";

export function filePlace(path: string): Place {
  return { name: path, kind: "file", fields: { file: path } };
}

export function schemaPlace(address: string, schema = DEFAULT_SCHEMA): Place {
  return {
    name: `${address} (schema ${schema})`,
    kind: "schema",
    fields: { database: address, schema },
  };
}
