export type { Captured, CaptureMessage, Document } from "./messages.ts";
export { type BindingTurn, runSession } from "./session.ts";
export { mergePatch, patchBetween } from "./state.ts";
export type { Step, Stream } from "./stream.ts";
