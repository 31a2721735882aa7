import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index.ts";

/** Several pages of calls and of contacts, and no more than that: a test that needs more asks for it. */
const SIZES = { calls: 800, contacts: 120 };

/**
 * An account that stands still, a little before the present of the program under test: what is
 * captured can be held against it at leisure. Dispose of it with `await using`.
 */
export async function stillAccount(
  options: Partial<EmulatorOptions> = {},
): Promise<Emulator & AsyncDisposable> {
  const frozenMs = Date.now() - 5_000;
  const emulator = await startEmulator({
    limit: null,
    clock: { now: () => frozenMs },
    ...options,
    account: { ...SIZES, ...options.account },
  });
  return { ...emulator, [Symbol.asyncDispose]: () => emulator.close() };
}

/** Resolves when the nth request from now on has come in, just before it is answered. */
export function nthRequest({ faults }: Emulator, nth: number): Promise<void> {
  return new Promise((resolve) => {
    faults.add({ kind: "edit", nth, edit: resolve });
  });
}
