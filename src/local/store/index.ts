export { type Column, type ColumnKind, type Columns, withDocuments, withSchema } from "./columns.ts";
export type {
  CapturedBlock,
  OpenStore,
  Store,
  StoreOptions,
  SummaryQuestion,
  TableSpec,
  TableSummary,
} from "./contract.ts";
export { type LastDocuments, lastDocuments } from "./last-documents.ts";
export { approximateBytes } from "./size.ts";
export { type ChangedRows, patchState, stateOf, stateRows } from "./state-rows.ts";
export { wellFormedJson, wellFormedText } from "./text.ts";
