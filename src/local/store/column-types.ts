import type { ColumnKind } from "./columns.ts";

/** The types by which a database stores the kinds of columns, and the way back. */
export function columnTypes<Type extends string>(types: Readonly<Record<ColumnKind, Type>>) {
  return {
    typeOf: (kind: ColumnKind): Type => types[kind],
    /** The kind that is stored as a type. */
    kindOf(type: string): ColumnKind {
      const kind = (Object.keys(types) as ColumnKind[]).find((each) => types[each] === type);
      if (kind === undefined) throw new Error(`no kind of column is stored as ${type}`);
      return kind;
    },
  };
}
