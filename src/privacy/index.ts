export { type PersonalKind, personalKinds } from "./fields.ts";
export { type Redaction, type Redactions, redactPersonalData } from "./personal-data.ts";
