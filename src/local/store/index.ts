export { columnTypes } from "./column-types.ts";
export {
  type Column,
  type ColumnKind,
  type Columns,
  type NameRules,
  withDocuments,
  withSchema,
} from "./columns.ts";
export type {
  CapturedBlock,
  OpenStore,
  Snapshots,
  Store,
  StoreOptions,
  StoreWorld,
  SummaryQuestion,
  TableSpec,
  TableSummary,
} from "./contract.ts";
export { type LastDocuments, lastDocuments } from "./last-documents.ts";
export { DEFAULT_SCHEMA, filePlace, type Place, schemaPlace } from "./place.ts";
export { approximateBytes } from "./size.ts";
export { type ChangedRows, patchState, stateOf, stateRows } from "./state-rows.ts";
export { jsonWithoutNul, textWithoutNul, wellFormedJson, wellFormedText } from "./text.ts";
export type { ViewColumn, ViewDialect, ViewRow, ViewSpec, ViewType } from "./view.ts";
export { viewChanges } from "./view-changes.ts";
export { foreignViewSentence, hasOtherColumns, isMadeView, viewComment } from "./view-sql.ts";
