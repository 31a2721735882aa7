export { type PersonalKind, personalKinds } from "./fields.ts";
export { type Treatment, type Treatments, treatPersonalData } from "./personal-data.ts";
