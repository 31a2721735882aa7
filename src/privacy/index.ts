export { type PersonalKind, personalKinds } from "./fields.ts";
export { type Redaction, type Redactions, redactEventData, redactPersonalData } from "./personal-data.ts";
