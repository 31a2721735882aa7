export type { Account } from "./account/account.ts";
export type { RingOptions } from "./account/calls.ts";
export { type EmulatorClock, type MovableClock, movableClock } from "./clock.ts";
export type { Fault, FaultKind, PlannedFault } from "./faults.ts";
export { type AccountSize, API_ID, API_TOKEN, type EmulatorOptions } from "./options.ts";
export type { RecordedRequest } from "./requests.ts";
export type { StreamName } from "./routes/index.ts";
export { type Emulator, startEmulator } from "./server.ts";
