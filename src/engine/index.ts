export { Arrivals } from "./arrivals.ts";
export type { Block, Document } from "./block.ts";
export { KeptState } from "./kept-state.ts";
export { type Binding, type LifecycleEvent, runSession } from "./session.ts";
export { BINDINGS, bindingPatch, bindingState, mergePatch, patchBetween } from "./state.ts";
export type { CheckpointStep, RestStep, Step, Stream } from "./stream.ts";
export { Touch } from "./touch.ts";
