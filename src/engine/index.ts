export type { Captured, CaptureMessage, Document } from "./messages.ts";
export { type LifecycleEvent, runSession } from "./session.ts";
export { BINDINGS, mergePatch, patchBetween } from "./state.ts";
export type { RestStep, Step, Stream } from "./stream.ts";
