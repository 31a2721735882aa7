export type { Block, Document } from "./block.ts";
export { type LifecycleEvent, runSession } from "./session.ts";
export { BINDINGS, bindingPatch, bindingState, mergePatch, patchBetween } from "./state.ts";
export type { CheckpointStep, RestStep, Step, Stream } from "./stream.ts";
