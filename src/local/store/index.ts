export { type Column, type ColumnKind, type Columns, withDocuments, withSchema } from "./columns.ts";
export type { CapturedBlock, OpenStore, Snapshots, Store, StoreOptions, TableSpec } from "./contract.ts";
export { type LastDocuments, lastDocuments } from "./last-documents.ts";
export { approximateBytes } from "./size.ts";
export { type ChangedRows, patchState, stateOf, stateRows } from "./state-rows.ts";
export { wellFormedJson, wellFormedText } from "./text.ts";
export type { ViewColumn, ViewDialect, ViewRow, ViewSpec, ViewType } from "./view.ts";
export { isMadeView, viewComment, viewQuery } from "./view-sql.ts";
